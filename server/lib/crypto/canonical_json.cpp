// SPDX-License-Identifier: Apache-2.0
#include "crypto/canonical_json.h"

#include <cmath>
#include <cstdlib>

namespace aksono::crypto {

namespace {

constexpr std::int64_t kMaxInteger = (std::int64_t{1} << 53) - 1;

bool in_range(const Json& number) {
    if (number.is_number_unsigned()) {
        return number.get<std::uint64_t>() <= static_cast<std::uint64_t>(kMaxInteger);
    }
    const auto value = number.get<std::int64_t>();
    return value >= -kMaxInteger && value <= kMaxInteger;
}

/// The number that `text` begins with, sign and all.
std::string_view number_at(std::string_view text) {
    return text.substr(0, text.find_first_not_of("+-0123456789.eE"));
}

bool is_oversized(std::string_view number) {
    if (number.find_first_of(".eE") != number.npos) return false;
    const bool negative = number.starts_with('-');
    if (negative) number.remove_prefix(1);
    const std::string_view limit = negative ? "9223372036854775808" : "18446744073709551615";
    return number.size() > limit.size() || (number.size() == limit.size() && number > limit);
}

bool is_infinite(std::string_view number) {
    if (number.find_first_of(".eE") == number.npos) return false;
    return std::isinf(std::strtod(std::string(number).c_str(), nullptr));
}

/// Whether a number in JSON text, outside of strings, is such a one.
template <class Test>
bool any_number(std::string_view text, Test test) {
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_string) {
            if (c == '\\') ++i;
            if (c == '"') in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '-' || (c >= '0' && c <= '9')) {
            const auto number = number_at(text.substr(i));
            if (test(number)) return true;
            i += number.size() - 1;
        }
    }
    return false;
}

}  // namespace

Result<void, CanonicalError> check_canonical(const Json& value) {
    if (value.is_number_float()) return failure(CanonicalError::not_integer);
    if (value.is_number_integer() && !in_range(value)) return failure(CanonicalError::out_of_range);
    if (value.is_structured()) {
        for (const auto& member : value) {
            if (auto checked = check_canonical(member); !checked) return checked;
        }
    }
    return {};
}

std::string canonical_json(const Json& value) {
    // nlohmann keeps members sorted by the bytes of their keys, which in UTF-8 is the order of code
    // points, and escapes only what JSON demands.
    return value.dump();
}

bool has_oversized_integer(std::string_view text) {
    return any_number(text, is_oversized);
}

bool has_infinite_number(std::string_view text) {
    return any_number(text, is_infinite);
}

}  // namespace aksono::crypto
