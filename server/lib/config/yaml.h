// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"

#include <stdexcept>
#include <string>
#include <vector>

namespace aksono::config {

/// «what went wrong, line 3, column 7».
class YamlError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct YamlDocument {
    Json root;  ///< null for an empty document
    /// Keys given twice in one mapping («rc_message.per_second»); the last one counts, as for
    /// PyYAML.
    std::vector<std::string> duplicate_keys;
};

/// One document of YAML 1.1, read as PyYAML's safe loader does: scalars by resolve_plain_scalar,
/// «<<» merges, keys of any scalar kind as text. Throws YamlError.
YamlDocument parse_yaml(const std::string& text);

}  // namespace aksono::config
