// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pg/copy_text.h"
#include "port_tables.h"
#include "sqlite_file.h"

#include <optional>

namespace aksono::migrate {

/// Adds the row that `rows` stands on, whose values begin at column 1, to `out`; or adds nothing
/// and says which value PostgreSQL cannot hold, and why.
std::optional<std::string> add_row(const PortTable& table, const SqliteRows& rows,
                                   pg::CopyText& out);

}  // namespace aksono::migrate
