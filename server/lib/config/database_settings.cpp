// SPDX-License-Identifier: Apache-2.0
#include "config/database_settings.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace aksono::config {

namespace {

/// Arguments of psycopg2.connect() and of Twisted's pool that are no libpq keywords.
constexpr std::array<std::string_view, 12> kPoolArguments{
    "cp_min",         "cp_max",  "cp_reconnect",      "cp_noisy",
    "cp_openfun",     "cp_name", "cp_good_sql",       "connection_factory",
    "cursor_factory", "async",   "check_same_thread", "timeout"};

std::string quoted(const std::string& value) {
    std::string out = "'";
    for (const char c : value) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + "'";
}

std::string argument_text(const Section& args, const std::string& name, const Json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_boolean()) return value.get<bool>() ? "1" : "0";
    if (value.is_number_integer()) return std::to_string(value.get<std::int64_t>());
    args.refuse(name, "", "must be text or a number");
}

/// psycopg2 knows libpq's keywords, and «database» for dbname; `dsn` is a whole connection string.
std::string conninfo(const Section& args) {
    std::string out;
    for (const auto& name : args.keys()) {
        const Json* value = args.find(name);
        if (value == nullptr) continue;
        if (std::find(kPoolArguments.begin(), kPoolArguments.end(), name) != kPoolArguments.end()) {
            continue;
        }
        const std::string text = argument_text(args, name, *value);
        if (name == "dsn") {
            if (text.find("://") != std::string::npos) {
                args.refuse(name, "", "write it as user, host, port and dbname of their own");
            }
            out = out.empty() ? text : text + " " + out;
            continue;
        }
        if (!out.empty()) out += ' ';
        out += (name == "database" ? "dbname" : name) + "=" + quoted(text);
    }
    return out;
}

DatabaseSettings read_one(const Section& entry, const std::string& fallback_name) {
    const std::string name = entry.text("name", fallback_name);
    if (name == "sqlite3") {
        entry.refuse("name", "",
                     "is SQLite; Aksono runs on PostgreSQL only: move the database with Synapse's "
                     "synapse_port_db first, then set name: psycopg2");
    }
    if (name != "psycopg2") {
        entry.refuse("name", fmt::format("Unsupported database type '{}'", name),
                     "set it to psycopg2");
    }
    const Section args = entry.section("args");
    DatabaseSettings settings;
    settings.conninfo = conninfo(args);
    settings.cp_min = static_cast<int>(args.integer("cp_min", settings.cp_min));
    settings.cp_max = static_cast<int>(args.integer("cp_max", settings.cp_max));
    if (settings.cp_max < 1 || settings.cp_max > 1000) {
        args.refuse("cp_max", "", "must be between 1 and 1000");
    }
    settings.allow_unsafe_locale = entry.boolean("allow_unsafe_locale", false);
    settings.txn_limit = entry.integer("txn_limit", 0);
    settings.statement_timeout = entry.integer("statement_timeout", settings.statement_timeout);
    return settings;
}

/// One physical database may stand under `databases` too; several may not (yet).
DatabaseSettings read_several(const Section& databases) {
    const auto names = databases.keys();
    if (names.empty()) databases.refuse("", "No database config provided", "give a database");
    if (names.size() > 1) {
        databases.refuse("", "",
                         fmt::format("names {} databases; Aksono keeps «main» and «state» in one: "
                                     "move the state tables back into the main database first",
                                     names.size()));
    }
    const Section entry = databases.section(names.front());
    for (const auto& store : entry.texts("data_stores")) {
        if (store != "main" && store != "state") {
            entry.refuse("data_stores", "", "knows «main» and «state» only, not " + store);
        }
    }
    return read_one(entry, "sqlite3");
}

/// The names of `databases` that have this store among theirs.
std::vector<std::string> entries_of(const Section& databases, const std::string& store) {
    std::vector<std::string> out;
    for (const auto& name : databases.keys()) {
        const auto stores = databases.section(name).texts("data_stores");
        if (std::ranges::find(stores, store) != stores.end()) out.push_back(name);
    }
    return out;
}

std::string only_entry_of(const Section& databases, const std::string& store) {
    const auto names = entries_of(databases, store);
    if (names.size() != 1) {
        databases.refuse(
            "", "",
            fmt::format("{} entries have «{}» in data_stores: one must", names.size(), store));
    }
    return names.front();
}

}  // namespace

DatabaseSettings read_database(const Section& root) {
    const bool several = root.has("databases") && !root.section("databases").keys().empty();
    if (several && root.has("database")) {
        root.refuse("databases", "Can't specify both 'database' and 'databases' in config",
                    "keep `database`");
    }
    if (several) return read_several(root.section("databases"));
    if (!root.has("database")) {
        root.refuse("database", "No database config provided",
                    "give the name (psycopg2) and args of the PostgreSQL database");
    }
    return read_one(root.section("database"), "sqlite3");
}

DataStores read_data_stores(const Section& root) {
    const Section databases = root.section("databases");
    if (root.has("database") || databases.keys().size() < 2) return {read_database(root), {}};
    const auto main = only_entry_of(databases, "main");
    const auto state = only_entry_of(databases, "state");
    DataStores stores{read_one(databases.section(main), "sqlite3"), {}};
    if (main != state) stores.state = read_one(databases.section(state), "sqlite3");
    return stores;
}

}  // namespace aksono::config
