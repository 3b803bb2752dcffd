// SPDX-License-Identifier: Apache-2.0
#include "crypto/canonical_json.h"

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

}  // namespace aksono::crypto
