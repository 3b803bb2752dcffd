// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"

#include <string_view>

#include <nlohmann/json.hpp>

namespace aksono {

/// Objects keep their members sorted by key bytes, which is also the order of canonical JSON.
using Json = nlohmann::json;

enum class JsonError {
    malformed,       ///< not JSON at all (also NaN, Infinity, trailing bytes, invalid UTF-8)
    too_deep,        ///< nested deeper than Synapse's parser accepts
    lone_surrogate,  ///< an escaped half of a UTF-16 pair
};

/// Strict JSON. Duplicate keys: the last one wins, as in Synapse. Integers beyond 64 bits become
/// floats.
Result<Json, JsonError> parse_json(std::string_view text);

/// Compact, UTF-8 unescaped: how answers and rows are written.
std::string dump_json(const Json& value);

/// The member, or nullptr when `object` is no object or has no such key.
const Json* find_member(const Json& object, std::string_view key);

/// The member when it is a string, else nullptr.
const std::string* find_string(const Json& object, std::string_view key);

}  // namespace aksono

// Instantiated once, in json.cpp.
extern template class nlohmann::basic_json<>;
