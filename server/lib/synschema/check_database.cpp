// SPDX-License-Identifier: Apache-2.0
#include "synschema/check_database.h"

#include "synschema/introspection.h"
#include "synschema/requirements.h"

#include <algorithm>

namespace aksono::synschema {

namespace {

constexpr pg::Statement kForeignUsers{
    "synschema_foreign_users",
    "SELECT name FROM users WHERE right(name, length($1) + 1) <> ':' || $1 ORDER BY name LIMIT 5"};

}  // namespace

Snapshot take_snapshot(pg::Transaction& tx, const CheckOptions& options) {
    Snapshot snapshot;
    snapshot.live = introspect(tx);
    snapshot.largest_ids = read_largest_ids(tx, snapshot.live);
    if (!options.server_name.empty() && snapshot.live.schema.tables.contains("users") &&
        !snapshot.live.unreadable.contains("users")) {
        for (const auto row : tx.query(kForeignUsers, options.server_name)) {
            snapshot.foreign_users.push_back(row.text(0));
        }
    }
    return snapshot;
}

void check_server(const ServerFacts& server, const CheckOptions& options, Findings& findings) {
    for (const auto& sentence : unmet_requirements(server, options.allow_unsafe_locale)) {
        const char* id = sentence.contains("encoding")    ? "encoding"
                         : sentence.contains("collation") ? "collation"
                         : sentence.contains("ctype")     ? "ctype"
                                                          : "postgres-version";
        findings.push_back(
            {id,
             Severity::error,
             server.database,
             sentence,
             "Synapse refuses to start on it. With another collation an update of the system's C "
             "library can corrupt indexes.",
             {"",
              "dump the database and restore it into one made with ENCODING 'UTF8' LOCALE 'C' "
              "TEMPLATE template0, on PostgreSQL 14 or later",
              false}});
    }
}

void check_users(const std::vector<std::string>& foreign_users, const CheckOptions& options,
                 Findings& findings) {
    if (foreign_users.empty()) return;
    findings.push_back({"server-name",
                        Severity::error,
                        options.server_name,
                        "Found users in database not native to " + options.server_name + "! (" +
                            foreign_users.front() + ", for one)",
                        "You cannot change a synapse server_name after it's been configured: "
                        "Synapse and Aksono refuse to start.",
                        {"", "give the server_name that this database was made with", true}});
}

Findings check_database(const Snapshot& snapshot, const CheckOptions& options) {
    const auto& books = snapshot.live.bookkeeping;
    const History history;
    const auto known = load_known_updates();
    auto files = files_of(books, history);
    Findings findings;
    check_server(snapshot.live.server, options, findings);
    check_versions(books, findings);
    check_deltas(snapshot.live, history, files, findings);
    check_users(snapshot.foreign_users, options, findings);
    const int version = books.version.value_or(kSchema);
    if (version >= kOldestSchema) {
        auto excuses = excuses_for(books.background_updates, known);
        // Synapse makes it when it starts, since 1.37; check_versions tells when it has no row.
        excuses.missing.insert("schema_compat_version");
        check_structure(snapshot.live.schema, catalogue_after(version, files), excuses, findings);
    }
    check_streams(snapshot, findings);
    check_updates(books, known, findings);
    std::ranges::stable_sort(findings, {}, &Finding::severity);
    return findings;
}

}  // namespace aksono::synschema
