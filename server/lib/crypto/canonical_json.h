// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"

#include <string>
#include <string_view>

namespace aksono::crypto {

/// Why a value has no canonical form.
enum class CanonicalError {
    not_integer,   ///< a number with a fraction or an exponent, or NaN
    out_of_range,  ///< an integer beyond ±(2^53 − 1)
};

/// Whether every number in `value` is one that canonical JSON has. Room versions 1 to 5 do not ask.
/// https://spec.matrix.org/latest/appendices/#canonical-json
Result<void, CanonicalError> check_canonical(const Json& value);

/// The shortest UTF-8 form with sorted keys. For values that passed check_canonical it is canonical
/// JSON; other numbers come out as old rooms have them in their hashes.
std::string canonical_json(const Json& value);

/// Whether JSON text, well-formed, has an integer that 64 bits, one of them the sign, cannot hold.
bool has_oversized_integer(std::string_view text);

/// Whether JSON text has a number with a fraction or an exponent that no double can hold (1e400).
bool has_infinite_number(std::string_view text);

}  // namespace aksono::crypto
