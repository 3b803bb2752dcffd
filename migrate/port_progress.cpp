// SPDX-License-Identifier: Apache-2.0
#include "port_progress.h"

#include "synschema/ddl.h"
#include "synschema/introspection.h"

namespace aksono::migrate {

namespace {

using synschema::quote_literal;

constexpr pg::Statement kBegun{"port_begun",
                               "SELECT to_regclass('aksono_port.source') IS NOT NULL"};

constexpr pg::Statement kSource{"port_source", "SELECT fingerprint FROM aksono_port.source"};

constexpr pg::Statement kTables{"port_tables", R"(
SELECT name, last_row, written, left_out, done FROM aksono_port.tables)"};

}  // namespace

std::optional<PortProgress> read_port_progress(pg::Transaction& tx) {
    if (!tx.query(kBegun)[0].boolean(0)) return std::nullopt;
    PortProgress progress;
    progress.fingerprint = tx.query(kSource)[0].text(0);
    for (const auto row : tx.query(kTables)) {
        progress.tables[row.text(0)] = {row.maybe_integer(1), row.integer(2), row.integer(3),
                                        row.boolean(4)};
    }
    return progress;
}

std::vector<std::string> begin_statements(const PortSource& source,
                                          const std::string& fingerprint) {
    auto statements = synschema::table_statements(source.catalogue.schema);
    statements.push_back("CREATE SCHEMA aksono_port");
    statements.push_back("CREATE TABLE aksono_port.source (fingerprint text NOT NULL)");
    statements.push_back("INSERT INTO aksono_port.source VALUES (" + quote_literal(fingerprint) +
                         ")");
    statements.push_back(
        "CREATE TABLE aksono_port.tables (name text PRIMARY KEY, last_row bigint, "
        "written bigint NOT NULL DEFAULT 0, left_out bigint NOT NULL DEFAULT 0, "
        "done boolean NOT NULL DEFAULT false)");
    for (const auto& table : source.tables) {
        statements.push_back("INSERT INTO aksono_port.tables (name) VALUES (" +
                             quote_literal(table.name) + ")");
        if (!table.staging.empty()) statements.push_back(table.create_staging());
    }
    return statements;
}

std::string note_statement(const std::string& table, const TableProgress& progress) {
    return "UPDATE aksono_port.tables SET last_row = " +
           (progress.last_row ? std::to_string(*progress.last_row) : "NULL") +
           ", written = " + std::to_string(progress.written) +
           ", left_out = " + std::to_string(progress.left_out) +
           ", done = " + (progress.done ? "true" : "false") +
           " WHERE name = " + quote_literal(table);
}

}  // namespace aksono::migrate
