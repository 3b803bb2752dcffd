// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"

#include <map>
#include <string>
#include <vector>

namespace aksono::config {

/// The configuration files as one mapping, before any option is understood.
struct Document {
    Json options = Json::object();
    std::vector<std::string> files;              ///< in the order read
    std::map<std::string, std::string> origins;  ///< option → the file that has the last word on it
    std::vector<std::string> notes;              ///< duplicated keys, files passed over

    /// The file an option comes from; for an absent one, the first file.
    [[nodiscard]] std::string file_of(const std::string& option) const;
};

/// Reads each `-c` argument in turn: a file, or a directory, of which all *.yaml files count in
/// order of their names. A top-level key of a later file replaces that of an earlier one as a
/// whole. Throws ConfigError.
Document read_documents(const std::vector<std::string>& paths);

}  // namespace aksono::config
