// SPDX-License-Identifier: Apache-2.0
#include "crypto/canonical_json.h"

#include "base/python_repr.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

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
    const std::string_view limit = negative ? "9223372036854775808" : "9223372036854775807";
    return number.size() > limit.size() || (number.size() == limit.size() && number > limit);
}

bool is_infinite(std::string_view number) {
    if (number.find_first_of(".eE") == number.npos) return false;
    return std::isinf(std::strtod(std::string(number).c_str(), nullptr));
}

bool has_float(const Json& value) {
    if (!value.is_structured()) return value.is_number_float();
    return std::ranges::any_of(value, has_float);
}

/// Floats as Python writes them, since in rooms that allow them Synapse has hashed them so.
void write_with_floats(std::string& out, const Json& value) {
    if (value.is_number_float()) {
        out += python_repr(value);
    } else if (!value.is_structured()) {
        out += value.dump();
    } else {
        out += value.is_object() ? '{' : '[';
        const char* separator = "";
        for (auto it = value.begin(); it != value.end(); ++it) {
            out += std::exchange(separator, ",");
            if (value.is_object()) out += Json(it.key()).dump() + ":";
            write_with_floats(out, *it);
        }
        out += value.is_object() ? '}' : ']';
    }
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
    if (!has_float(value)) return value.dump();
    std::string out;
    write_with_floats(out, value);
    return out;
}

bool has_oversized_integer(std::string_view text) {
    return any_number(text, is_oversized);
}

bool has_infinite_number(std::string_view text) {
    return any_number(text, is_infinite);
}

}  // namespace aksono::crypto
