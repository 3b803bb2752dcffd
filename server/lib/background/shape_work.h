// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "synschema/background_updates.h"

#include <string>
#include <vector>

namespace aksono::background {

/// One statement that is run outside a transaction.
struct ShapeStep {
    std::string sql;    ///< without a semicolon
    std::string table;  ///< whose size says how long it takes
    std::string index;  ///< that it builds; empty: none
    bool unique = false;
    std::vector<std::string> keys;  ///< of a unique index
    std::string predicate;          ///< of a unique index
};

/// What the shape lacks of what `completes` (merge patches) says, in order: broken indexes go,
/// indexes are built, constraints validated or dropped, then replaced indexes dropped, all without
/// blocking those who use the tables. Nothing when all is there. Throws std::runtime_error when a
/// table or constraint is missing that must be there. What patches say of columns, triggers,
/// functions and rows is left to the steps of the update itself.
std::vector<ShapeStep> steps_to_complete(const synschema::Schema& live,
                                         const std::vector<synschema::OrderedJson>& completes);

/// What an update of the shape leaves behind: from the catalogue, or, for what the oldest full
/// schema had already, from here.
std::vector<synschema::OrderedJson> shape_patches(const std::string& name,
                                                  const synschema::KnownUpdate& known);

/// Whether steps_to_complete does all that a patch says.
bool only_indexes_and_constraints(const synschema::OrderedJson& patch);

/// Whether the update changes rows before its shape, so that the shape alone is not all of it.
bool changes_rows_too(const std::string& name);

}  // namespace aksono::background
