// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aksono::schema_diff {

/// The part of TOML that a list of entries needs: [[NAME]] tables of keys with strings, lists of
/// strings, and dates. Everything else is refused.
struct TomlValue {
    bool date = false;
    std::vector<std::string> texts;  ///< one, but for a list
};

struct TomlEntry {
    std::string table;  ///< in double brackets
    int line = 0;
    std::vector<std::pair<std::string, TomlValue>> values;
};

/// "line 3: …".
class TomlError : public std::runtime_error {
    using runtime_error::runtime_error;
};

std::vector<TomlEntry> parse_toml(std::string_view text);

}  // namespace aksono::schema_diff
