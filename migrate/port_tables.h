// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "synschema/schema.h"

#include <string>
#include <vector>

namespace aksono::migrate {

/// Where a port keeps its place and its half-made rows: outside Synapse's tables, gone at the end.
constexpr const char* kPortSchema = "aksono_port";

/// How a value of SQLite, which has few types and does not insist on them, becomes PostgreSQL's.
enum class Conversion { as_text, as_bytes, as_number, as_boolean };

struct PortColumn {
    std::string name;    ///< in PostgreSQL
    std::string source;  ///< in SQLite: the same but for case, or an expression
    Conversion conversion = Conversion::as_text;
    bool needed = false;  ///< a row that has none is left out
};

/// A table whose rows are ported.
struct PortTable {
    std::string name;
    std::vector<PortColumn> columns;
    std::string source;   ///< FROM clause in SQLite; its first table has the row ids
    std::string staging;  ///< table that takes the rows first; empty: the table itself does
    std::string staged;   ///< SQL that makes the table's rows of those, and forgets them

    [[nodiscard]] std::string select() const;          ///< rows after id ?1, in order, the id first
    [[nodiscard]] std::string count() const;           ///< how many
    [[nodiscard]] std::string copy() const;            ///< COPY … FROM STDIN
    [[nodiscard]] std::string create_staging() const;  ///< empty: none is needed
};

/// Tables of a Synapse whose rows are not ported: its books about the schema, which the new
/// database has of its own, and what is gone with every restart (sessions of user-interactive
/// authentication).
bool is_left_alone(const std::string& table);

/// How `table` of PostgreSQL is filled from one that has these columns in SQLite. Throws
/// cli::Unsuitable when a column has no place on either side.
PortTable port_table(const std::string& name, const synschema::Table& table,
                     const std::vector<std::string>& source_columns);

}  // namespace aksono::migrate
