// SPDX-License-Identifier: Apache-2.0
#include "port_source.h"

#include "cli/command.h"

#include <algorithm>

namespace aksono::migrate {

namespace {

constexpr const char* kStartOnce =
    ": start Synapse 1.163.2 once on it, wait until its "
    "background updates have finished, and stop it again";

bool has_table(SqliteFile& file, const std::string& name) {
    auto rows = file.query("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1");
    rows.bind(1, name);
    return rows.step();
}

std::vector<std::string> texts(SqliteFile& file, const std::string& sql) {
    std::vector<std::string> found;
    auto rows = file.query(sql);
    while (rows.step())
        found.push_back(rows.text(0));
    return found;
}

std::string joined(const std::vector<std::string>& parts) {
    std::string out;
    for (const auto& part : parts)
        out += (out.empty() ? "" : ", ") + part;
    return out;
}

int read_version(SqliteFile& file, const std::string& path) {
    if (!has_table(file, "schema_version") || !has_table(file, "applied_schema_deltas") ||
        !has_table(file, "events")) {
        throw cli::Unsuitable(path +
                              " is a SQLite database, but none of a Synapse: it has no "
                              "tables schema_version, applied_schema_deltas and events");
    }
    const auto version = static_cast<int>(file.number("SELECT version FROM schema_version"));
    if (version < synschema::kSchema) {
        throw cli::Unsuitable(path + " has schema version " + std::to_string(version) + ", and " +
                              std::to_string(synschema::kSchema) + " is needed" + kStartOnce);
    }
    if (version > synschema::kNewestSchema) {
        throw cli::Unsuitable(path + " has schema version " + std::to_string(version) +
                              ", which is newer than this program knows (" +
                              std::to_string(synschema::kNewestSchema) + ")");
    }
    return version;
}

void refuse_pending_updates(SqliteFile& file, const std::string& path) {
    if (!has_table(file, "background_updates")) return;
    const auto pending =
        texts(file, "SELECT update_name FROM background_updates ORDER BY ordering, update_name");
    if (pending.empty()) return;
    throw cli::Unsuitable(path + " has background updates that have not finished (" +
                          joined(pending) +
                          "): start Synapse on it, wait until the table background_updates is "
                          "empty, and stop it again");
}

/// Files of the newest release that this database has not had. Those of PostgreSQL alone are none
/// of its business.
void refuse_missing_deltas(SqliteFile& file, const std::string& path,
                           const synschema::Catalogue& catalogue) {
    const auto rows = texts(file, "SELECT file FROM applied_schema_deltas");
    const std::set<std::string> applied(rows.begin(), rows.end());
    std::vector<std::string> missing;
    for (const auto& delta : catalogue.deltas) {
        if (!delta.ends_with(".postgres") && !applied.contains(delta)) missing.push_back(delta);
    }
    if (missing.empty()) return;
    throw cli::Unsuitable(path + " has not had these of Synapse 1.163.2's changes to the schema: " +
                          joined(missing) + kStartOnce);
}

/// Whether a full-text table of SQLite made it for itself.
bool is_shadow(const std::string& name) {
    for (const std::string owner : {"event_search", "user_directory_search"}) {
        for (const char* part : {"_content", "_segments", "_segdir", "_docsize", "_stat"}) {
            if (name == owner + part) return true;
        }
    }
    return false;
}

}  // namespace

PortSource read_source(SqliteFile& file, const std::string& path) {
    PortSource source;
    source.version = read_version(file, path);
    source.catalogue = synschema::load_catalogue(source.version);
    refuse_pending_updates(file, path);
    refuse_missing_deltas(file, path, source.catalogue);
    const auto& known = source.catalogue.schema.tables;
    for (const auto& name :
         texts(file, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")) {
        if (is_left_alone(name) || is_shadow(name)) continue;
        const auto table = known.find(name);
        if (table == known.end()) {
            throw cli::Unsuitable(path + " has a table " + name +
                                  " that Synapse's schema has not: drop it, or keep it elsewhere, "
                                  "if it is your own");
        }
        const auto columns =
            texts(file, "SELECT name FROM pragma_table_info(" + quote_for_sqlite(name) + ")");
        source.tables.push_back(port_table(name, table->second, columns));
    }
    return source;
}

void check_pages(SqliteFile& file, const std::string& path) {
    std::string said;
    try {
        auto rows = file.query("PRAGMA quick_check(1)");
        said = rows.step() ? rows.text(0) : "nothing";
    } catch (const SqliteError& error) {
        said = error.what();
    }
    if (said == "ok") return;
    throw cli::Unsuitable(path + " is damaged: SQLite's quick_check says «" + said +
                          "»; `sqlite3 FILE .recover` may save what can be saved");
}

std::map<std::string, std::set<std::int64_t>> find_orphans(SqliteFile& file) {
    std::map<std::string, std::set<std::int64_t>> orphans;
    auto rows = file.query("SELECT \"table\", rowid FROM pragma_foreign_key_check");
    while (rows.step())
        orphans[rows.text(0)].insert(rows.integer(1));
    return orphans;
}

}  // namespace aksono::migrate
