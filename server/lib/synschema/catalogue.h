// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "synschema/schema.h"

namespace aksono::synschema {

constexpr int kNewestSchema = 95;  ///< newest version that this program knows
constexpr int kSchema = 94;        ///< of the newest final release of Synapse, 1.163.2

/// What a version of Synapse's schema is when its background updates have finished. Read off
/// databases that Synapse made (`aksono-schema-diff catalogue`); bodies of functions and comments
/// are our own.
struct Catalogue {
    int version = 0;
    int compat_version = 0;
    /// Files that a database created by that release has applied ("73/01….sql"), sorted.
    std::vector<std::string> deltas;
    Schema schema;
    std::map<std::string, std::string> function_bodies;  ///< by signature
    std::map<std::string, std::string> comment_texts;    ///< by object
};

/// `version` is 94 or 95; anything else throws std::out_of_range.
Catalogue load_catalogue(int version);

/// Number in front of the slash of "94/01_redactions_recheck.sql".
int delta_version(const std::string& file);

}  // namespace aksono::synschema
