// SPDX-License-Identifier: Apache-2.0
#include "port_tables.h"

#include "cli/command.h"
#include "sqlite_file.h"
#include "synschema/ddl.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace aksono::migrate {

namespace {

using synschema::ddl::identifier;

constexpr std::array kLeftAlone{
    "schema_version",      "schema_compat_version", "applied_schema_deltas",
    "background_updates",  "sqlite_sequence",       "sqlite_stat1",
    "sqlite_stat4",        "ui_auth_sessions",      "ui_auth_sessions_credentials",
    "ui_auth_sessions_ips"};

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

Conversion conversion_to(const std::string& type) {
    if (type == "boolean") return Conversion::as_boolean;
    if (type == "bytea") return Conversion::as_bytes;
    if (type == "bigint" || type == "integer" || type == "smallint") return Conversion::as_number;
    return Conversion::as_text;
}

std::string joined(const std::vector<PortColumn>& columns, std::string PortColumn::* part) {
    std::string out;
    for (const auto& column : columns)
        out += (out.empty() ? "" : ", ") + column.*part;
    return out;
}

/// Full-text tables of SQLite hold the words; those of PostgreSQL what is made of them.
PortTable event_search() {
    PortTable table{"event_search",
                    {{"event_id", "s.event_id"},
                     {"room_id", "s.room_id"},
                     {"sender", "s.sender"},
                     {"key", "s.\"key\""},
                     {"value", "s.value"},
                     {"origin_server_ts", "e.origin_server_ts", Conversion::as_number},
                     {"stream_ordering", "e.stream_ordering", Conversion::as_number, true}},
                    "event_search s LEFT JOIN events e ON e.event_id = s.event_id",
                    std::string(kPortSchema) + ".event_search",
                    ""};
    table.staged =
        "INSERT INTO event_search "
        "(event_id, room_id, sender, key, vector, origin_server_ts, stream_ordering) "
        "SELECT event_id, room_id, sender, key, to_tsvector('english', value), "
        "origin_server_ts::bigint, stream_ordering::bigint FROM aksono_port.event_search; "
        "TRUNCATE aksono_port.event_search";
    return table;
}

/// A user is found by the name (first), the display name, and the server (last).
PortTable user_directory_search() {
    PortTable table{"user_directory_search",
                    {{"user_id", "s.user_id"}, {"value", "s.value"}},
                    "user_directory_search s",
                    std::string(kPortSchema) + ".user_directory_search",
                    ""};
    table.staged =
        "INSERT INTO user_directory_search (user_id, vector) SELECT user_id, "
        "setweight(to_tsvector('simple', substring(user_id FROM '^@([^:]*)')), 'A') || "
        "setweight(to_tsvector('simple', substring(user_id FROM ':(.*)$')), 'D') || "
        "setweight(to_tsvector('simple', coalesce(substr(value, length(user_id) + 2), '')), 'B') "
        "FROM aksono_port.user_directory_search; TRUNCATE aksono_port.user_directory_search";
    return table;
}

}  // namespace

std::string PortTable::select() const {
    return "SELECT s.rowid, " + joined(columns, &PortColumn::source) + " FROM " + source +
           " WHERE s.rowid > ?1 ORDER BY s.rowid";
}

std::string PortTable::count() const {
    return "SELECT count(*) FROM " + quote_for_sqlite(name);
}

std::string PortTable::copy() const {
    std::string names;
    for (const auto& column : columns)
        names += (names.empty() ? "" : ", ") + identifier(column.name);
    return "COPY " + (staging.empty() ? identifier(name) : staging) + " (" + names + ") FROM STDIN";
}

std::string PortTable::create_staging() const {
    if (staging.empty()) return "";
    std::string names;
    for (const auto& column : columns)
        names += (names.empty() ? "" : ", ") + identifier(column.name) + " text";
    return "CREATE UNLOGGED TABLE " + staging + " (" + names + ")";
}

bool is_left_alone(const std::string& table) {
    return std::ranges::find(kLeftAlone, table) != kLeftAlone.end();
}

PortTable port_table(const std::string& name, const synschema::Table& table,
                     const std::vector<std::string>& source_columns) {
    if (name == "event_search") return event_search();
    if (name == "user_directory_search") return user_directory_search();
    PortTable result{name, {}, quote_for_sqlite(name) + " s", "", ""};
    for (const auto& source : source_columns) {
        const auto column = std::ranges::find(table.columns, lower(source),
                                              [](const auto& each) { return lower(each.name); });
        if (column == table.columns.end()) {
            throw cli::Unsuitable("the SQLite database has a column " + name + "." + source +
                                  " that Synapse's schema has not: it is of a release that is "
                                  "not known here, or changed by hand");
        }
        result.columns.push_back(
            {column->name, "s." + quote_for_sqlite(source), conversion_to(column->type)});
    }
    if (result.columns.size() < table.columns.size()) {
        const auto missing = std::ranges::find_if(table.columns, [&](const auto& column) {
            return std::ranges::find(result.columns, column.name, &PortColumn::name) ==
                   result.columns.end();
        });
        throw cli::Unsuitable("the SQLite database has no column " + name + "." + missing->name +
                              ": start Synapse 1.163.2 once on it, and stop it again");
    }
    return result;
}

}  // namespace aksono::migrate
