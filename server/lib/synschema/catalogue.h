// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "synschema/schema.h"

#include <set>

namespace aksono::synschema {

constexpr int kOldestSchema = 58;   ///< oldest version that this program compares and upgrades
constexpr int kNewestSchema = 95;   ///< newest version that this program knows
constexpr int kSchema = 94;         ///< of the newest final release of Synapse, 1.163.2
constexpr int kCompatVersion = 84;  ///< that it writes

/// What a database of some version is when its background updates have finished: names and shapes
/// as Synapse makes them (see History); bodies of functions and comments are our own.
struct Catalogue {
    int version = 0;
    int compat_version = 0;  ///< 0: none is written
    /// Files that a database made new by that release has rows of ("73/01….sql"), sorted.
    std::vector<std::string> deltas;
    Schema schema;
    std::map<std::string, std::string> function_bodies;  ///< by signature
    std::map<std::string, std::string> comment_texts;    ///< by object
};

/// What Synapse's newest release of this version makes; 58 to 95, anything else throws
/// std::out_of_range.
Catalogue load_catalogue(int version);

/// What a database is that has had these files, and no others.
Catalogue catalogue_after(int version, const std::set<std::string>& files);

/// Number in front of the slash of "94/01_redactions_recheck.sql".
int delta_version(const std::string& file);

}  // namespace aksono::synschema
