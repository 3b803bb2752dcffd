// SPDX-License-Identifier: Apache-2.0
#include "synschema/introspection.h"

#include "base/json.h"
#include "synschema/introspect_relations.h"

namespace aksono::synschema {

namespace {

constexpr pg::Statement kServer{"synschema_server", R"(
SELECT current_setting('server_version_num')::int, current_setting('server_version'),
       d.datname, pg_encoding_to_char(d.encoding), d.datcollate, d.datctype,
       coalesce((SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE c.oid = to_regclass('schema_version')), current_schema(), ''),
       pg_is_in_recovery()
FROM pg_database d WHERE d.datname = current_database())"};

constexpr pg::Statement kFunctions{"synschema_functions", R"(
SELECT f.proname || '(' || pg_get_function_identity_arguments(f.oid) || ')',
       format_type(f.prorettype, NULL), l.lanname, f.body,
       encode(sha256(convert_to(f.body, 'UTF8')), 'hex')
FROM (SELECT *, regexp_replace(btrim(prosrc, E' \t\r\n'), '\s+', ' ', 'g') AS body FROM pg_proc) f
JOIN pg_language l ON l.oid = f.prolang
WHERE f.pronamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1)
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass
                  AND d.objid = f.oid AND d.deptype = 'e'))"};

constexpr pg::Statement kComments{"synschema_comments", R"(
SELECT CASE WHEN a.attname IS NULL THEN 'table ' || c.relname
            ELSE 'column ' || c.relname || '.' || a.attname END,
       encode(sha256(convert_to(d.description, 'UTF8')), 'hex')
FROM pg_description d
JOIN pg_class c ON c.oid = d.objoid AND c.relkind IN ('r', 'p')
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.objsubid AND d.objsubid > 0
WHERE d.classoid = 'pg_class'::regclass
  AND c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1))"};

constexpr pg::Statement kVersion{"synschema_version",
                                 "SELECT version, upgraded FROM schema_version LIMIT 1"};
constexpr pg::Statement kCompatVersion{"synschema_compat_version",
                                       "SELECT compat_version FROM schema_compat_version LIMIT 1"};
constexpr pg::Statement kDeltas{"synschema_deltas",
                                "SELECT version, file FROM applied_schema_deltas ORDER BY 1, 2"};
constexpr pg::Statement kUpdates{
    "synschema_background_updates",
    "SELECT update_name, coalesce(depends_on, ''), ordering FROM background_updates "
    "ORDER BY ordering, update_name"};
/// Databases before schema 58 have no `ordering`.
constexpr pg::Statement kOldUpdates{
    "synschema_old_background_updates",
    "SELECT update_name, coalesce(depends_on, ''), 0 FROM background_updates ORDER BY 1"};
constexpr pg::Statement kPositions{
    "synschema_stream_positions",
    "SELECT stream_name, instance_name, stream_id FROM stream_positions ORDER BY 1, 2"};
constexpr pg::Statement kModules{
    "synschema_modules", "SELECT DISTINCT module_name FROM applied_module_schemas ORDER BY 1"};

void read_functions(pg::Transaction& tx, const std::string& schema_name, Schema& schema) {
    for (const auto row : tx.query(kFunctions, schema_name)) {
        schema.functions[row.text(0)] = {row.text(0), row.text(1), row.text(2), row.text(3),
                                         row.text(4)};
    }
}

void read_comments(pg::Transaction& tx, const std::string& schema_name, Schema& schema) {
    for (const auto row : tx.query(kComments, schema_name))
        schema.comments[row.text(0)] = row.text(1);
}

/// The one-row tables are known by their column `lock`, which holds an X.
bool holds_positions(const std::string& name, const Table& table) {
    if (name == "schema_version" || name == "schema_compat_version") return false;
    if (name == "federation_stream_position") return true;
    for (const auto& column : table.columns) {
        if (column.name == "lock" && column.type == "character(1)") return true;
    }
    return false;
}

void read_position_rows(pg::Transaction& tx, const std::set<std::string>& unreadable,
                        Schema& schema) {
    std::string sql;
    for (const auto& [name, table] : schema.tables) {
        if (table.kind != "table" || !holds_positions(name, table)) continue;
        if (unreadable.contains(name)) continue;
        schema.rows[name] = {};
        if (!sql.empty()) sql += " UNION ALL ";
        sql += "SELECT " + quote_literal(name) + ", to_jsonb(t)::text FROM " +
               quote_identifier(name) + " t";
    }
    if (sql.empty()) return;
    for (const auto row : tx.query_text(sql + " ORDER BY 1, 2")) {
        schema.rows[row.text(0)].push_back(dump_json(Json::parse(row.view(1))));
    }
}

bool has_column(const Table& table, const std::string& name) {
    for (const auto& column : table.columns) {
        if (column.name == name) return true;
    }
    return false;
}

std::string quoted(const std::string& text, char quote) {
    std::string out(1, quote);
    for (const char c : text) {
        if (c == quote) out += quote;
        out += c;
    }
    return out += quote;
}

}  // namespace

std::string quote_identifier(const std::string& name) {
    return quoted(name, '"');
}
std::string quote_literal(const std::string& text) {
    return quoted(text, '\'');
}

ServerFacts read_server_facts(pg::Transaction& tx) {
    const auto rows = tx.query(kServer);
    const auto row = rows[0];
    return {static_cast<int>(row.integer(0)),
            row.text(1),
            row.text(2),
            row.text(3),
            row.text(4),
            row.text(5),
            row.text(6),
            row.boolean(7)};
}

Bookkeeping read_bookkeeping(pg::Transaction& tx, const Schema& schema,
                             const std::set<std::string>& unreadable) {
    Bookkeeping books;
    const auto has = [&](const char* table) {
        return schema.tables.contains(table) && !unreadable.contains(table);
    };
    if (has("schema_version")) {
        for (const auto row : tx.query(kVersion)) {
            books.version = static_cast<int>(row.integer(0));
            books.upgraded = row.boolean(1);
        }
    }
    if (has("schema_compat_version")) {
        for (const auto row : tx.query(kCompatVersion)) {
            books.compat_version = static_cast<int>(row.integer(0));
        }
    }
    if (has("applied_schema_deltas")) {
        for (const auto row : tx.query(kDeltas)) {
            books.applied_deltas.emplace_back(static_cast<int>(row.integer(0)), row.text(1));
        }
    }
    if (has("background_updates")) {
        const bool ordered = has_column(schema.tables.at("background_updates"), "ordering");
        for (const auto row : tx.query(ordered ? kUpdates : kOldUpdates)) {
            books.background_updates.push_back({row.text(0), row.text(1), row.integer(2)});
        }
    }
    if (has("stream_positions")) {
        for (const auto row : tx.query(kPositions)) {
            books.stream_positions.push_back({row.text(0), row.text(1), row.integer(2)});
        }
    }
    if (has("applied_module_schemas")) {
        for (const auto row : tx.query(kModules))
            books.modules.push_back(row.text(0));
    }
    return books;
}

LiveDatabase introspect(pg::Transaction& tx) {
    LiveDatabase live;
    live.server = read_server_facts(tx);
    read_tables(tx, live.server.schema, live.schema);
    read_table_parts(tx, live.server.schema, live.schema);
    live.unreadable = read_unreadable(tx, live.server.schema);
    read_sequences(tx, live.server.schema, live.unreadable, live.schema);
    read_functions(tx, live.server.schema, live.schema);
    read_comments(tx, live.server.schema, live.schema);
    read_position_rows(tx, live.unreadable, live.schema);
    live.bookkeeping = read_bookkeeping(tx, live.schema, live.unreadable);
    return live;
}

}  // namespace aksono::synschema
