// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "background/shape_work.h"
#include "pg/errors.h"

namespace aksono::background {

/// Locks or other writers were in the way: worth another try.
bool is_passing(const pg::SqlError& error);
/// Nothing else will succeed either: no space, no memory, the server is going down.
bool is_fatal(const pg::SqlError& error);

/// PostgreSQL's own first line.
std::string first_line(const std::string& text);

/// Why an index could not be built, with what shows the rows that are in its way.
std::string explain_duplicates(const ShapeStep& step);

}  // namespace aksono::background
