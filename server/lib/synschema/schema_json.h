// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "synschema/live_database.h"
#include "synschema/readable_json.h"

namespace aksono::synschema {

/// The catalogue file of a database: its shape and bookkeeping, sorted, one column, index or
/// constraint per line, so that a difference between two versions reads well. Defaults are left
/// out. Bodies of functions and texts of comments are not in it, only their fingerprints.
std::string write_catalogue(const LiveDatabase& live, const std::string& made_by);

/// Reads `tables`, `sequences`, `functions`, `comments` and `rows` of such a file. Throws
/// nlohmann::json::exception when it is not one.
Schema read_schema(const OrderedJson& catalogue);

}  // namespace aksono::synschema
