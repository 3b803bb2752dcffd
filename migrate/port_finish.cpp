// SPDX-License-Identifier: Apache-2.0
#include "port_finish.h"

#include "cli/command.h"
#include "synschema/ddl.h"
#include "synschema/introspection.h"
#include "synschema/streams.h"

#include <algorithm>
#include <iostream>

namespace aksono::migrate {

namespace {

constexpr pg::Statement kParts{"port_parts", R"(
SELECT c.relname, i.relname FROM pg_index x
JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
UNION
SELECT c.relname, k.conname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()))"};

/// Users that were registered without a name are called by numbers.
constexpr pg::Statement kUserNumbers{"port_user_numbers", R"(
SELECT coalesce(max(substring(name FROM '^@([0-9]{1,18}):')::bigint), 0) FROM users)"};

std::int64_t largest_of(const synschema::SequenceUse& use, const synschema::LargestIds& ids) {
    std::int64_t largest = 0;
    for (const auto& column : use.columns) {
        const auto key = std::string(use.negative ? "-" : "") + column.table + "." + column.column;
        if (const auto it = ids.find(key); it != ids.end()) largest = std::max(largest, it->second);
    }
    return largest;
}

/// Positions of streams, by name, made positive.
std::map<std::string, std::int64_t> read_positions(pg::Transaction& tx) {
    std::map<std::string, std::int64_t> positions;
    for (const auto row :
         tx.query_text("SELECT stream_name, max(abs(stream_id)) FROM stream_positions GROUP BY 1"))
        positions[row.text(0)] = row.integer(1);
    return positions;
}

void set_next(pg::Transaction& tx, const std::string& sequence, std::int64_t next) {
    tx.query_text("SELECT setval(" +
                  synschema::quote_literal(synschema::quote_identifier(sequence)) + ", " +
                  std::to_string(next) + ", false)");
}

/// Sequences that streams and other ids come from: behind the last id, never before where a new
/// database has them.
void set_stream_sequences(pg::Transaction& tx, const synschema::Schema& schema) {
    const auto ids = synschema::read_largest_ids(tx, synschema::introspect(tx));
    const auto positions = read_positions(tx);
    for (const auto& use : synschema::sequence_uses()) {
        const auto sequence = schema.sequences.find(use.sequence);
        if (sequence == schema.sequences.end()) continue;
        auto last = std::max(largest_of(use, ids), sequence->second.position());
        if (use.stream != nullptr && positions.contains(use.stream)) {
            last = std::max(last, positions.at(use.stream));
        }
        set_next(tx, use.sequence, last + 1);
    }
}

/// Sequences that a column has of its own.
void set_owned_sequences(pg::Transaction& tx, const synschema::Schema& schema) {
    for (const auto& [name, sequence] : schema.sequences) {
        const auto dot = sequence.owner.find('.');
        if (dot == std::string::npos) continue;
        const auto rows = tx.query_text(
            "SELECT coalesce(max(" + synschema::quote_identifier(sequence.owner.substr(dot + 1)) +
            "), 0)::bigint FROM " + synschema::quote_identifier(sequence.owner.substr(0, dot)));
        set_next(tx, name, std::max(rows[0].integer(0), sequence.position()) + 1);
    }
    set_next(tx, "user_id_seq", tx.query(kUserNumbers)[0].integer(0) + 1);
}

}  // namespace

void build_parts(pg::Connection& target, const synschema::Schema& schema) {
    std::set<std::pair<std::string, std::string>> there;
    target.run(pg::Isolation::autocommit, [&](pg::Transaction& tx) {
        for (const auto row : tx.query(kParts))
            there.emplace(row.text(0), row.text(1));
    });
    const auto parts = synschema::table_parts(schema);
    std::size_t done = 0;
    for (const auto& part : parts) {
        if (++done % 50 == 0) {
            std::cerr << done << " of " << parts.size() << " keys and indexes" << std::endl;
        }
        if (there.contains({part.table, part.name})) continue;
        target.run(pg::Isolation::autocommit,
                   [&](pg::Transaction& tx) { tx.query_text(part.sql); });
    }
}

void verify_counts(pg::Transaction& tx, SqliteFile& file, const PortSource& source,
                   const PortProgress& progress) {
    for (const auto& table : source.tables) {
        const auto& noted = progress.tables.at(table.name);
        const auto wanted = file.number(table.count());
        const auto found =
            tx.query_text("SELECT count(*) FROM " + synschema::quote_identifier(table.name))[0]
                .integer(0);
        if (found + noted.left_out == wanted) continue;
        throw cli::Unsuitable("table " + table.name + ": SQLite has " + std::to_string(wanted) +
                              " rows, PostgreSQL " + std::to_string(found) + ", and " +
                              std::to_string(noted.left_out) +
                              " were left out: something else has written to one of them. "
                              "Begin again with a new database");
    }
}

void finish(pg::Transaction& tx, const PortSource& source) {
    for (const auto& statement : synschema::trigger_statements(source.catalogue))
        tx.query_text(statement);
    for (const auto& [table, rows] : source.catalogue.schema.rows) {
        if (std::ranges::find(source.tables, table, &PortTable::name) != source.tables.end()) {
            continue;
        }
        for (const auto& row : rows)
            tx.query_text(synschema::ddl::insert_row(table, row));
    }
    set_stream_sequences(tx, source.catalogue.schema);
    set_owned_sequences(tx, source.catalogue.schema);
    for (const auto& statement : synschema::bookkeeping_statements(source.catalogue))
        tx.query_text(statement);
    tx.query_text("DROP SCHEMA aksono_port CASCADE");
}

}  // namespace aksono::migrate
