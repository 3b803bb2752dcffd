// SPDX-License-Identifier: Apache-2.0
#include "synschema/startup_check.h"

#include "synschema/catalogue.h"
#include "synschema/delta_status.h"
#include "synschema/introspect_relations.h"
#include "synschema/introspection.h"
#include "synschema/requirements.h"

namespace aksono::synschema {

namespace {

constexpr pg::Statement kFirstUser{"synschema_first_user", "SELECT name FROM users LIMIT 1"};
constexpr const char* kUpgrade =
    "run `aksono-migrate up`, or start Synapse 1.163.2 once on this database";

std::string refusal(const StartupOptions& options, const std::string& sentence,
                    const std::string& option, const std::string& advice) {
    return sentence + "; " + (options.config_file.empty() ? "" : options.config_file + ": ") +
           option + ": " + advice;
}

std::optional<std::string> refuse_server(const ServerFacts& server, const StartupOptions& options) {
    const auto unmet = unmet_requirements(server, options.allow_unsafe_locale);
    if (unmet.empty()) return std::nullopt;
    return refusal(options, unmet.front(), "database",
                   "make a database with ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0 on "
                   "PostgreSQL 14 or later, and restore into it");
}

std::optional<std::string> refuse_new_database(const Bookkeeping& books,
                                               const StartupOptions& options) {
    if (books.version) return std::nullopt;
    return refusal(options,
                   "Uninitialised database: run the main synapse process to prepare the database "
                   "schema before starting worker processes.",
                   "database",
                   "run `aksono-migrate bootstrap`, or start Synapse 1.163.2 once on it");
}

std::optional<std::string> refuse_compat(const Bookkeeping& books, const StartupOptions& options) {
    if (books.compat_version.value_or(0) <= kSchema && books.version.value_or(0) <= kNewestSchema) {
        return std::nullopt;
    }
    return refusal(options,
                   "Cannot use this database as it is too new for the server to understand",
                   "database",
                   "schema version " + std::to_string(books.version.value_or(0)) +
                       ", compatible down to " + std::to_string(books.compat_version.value_or(0)) +
                       ": use a newer Aksono, or the Synapse that wrote it");
}

std::optional<std::string> refuse_foreign_user(const std::optional<std::string>& user,
                                               const StartupOptions& options) {
    if (!user || user->ends_with(":" + options.server_name)) return std::nullopt;
    return refusal(options,
                   "Found users in database not native to " + options.server_name +
                       "! You cannot change a synapse server_name after it's been configured",
                   "server_name", "the database has " + *user);
}

std::optional<std::string> refuse_old(const Bookkeeping& books, const StartupOptions& options) {
    if (*books.version < kSchema) {
        return refusal(options,
                       "Expected database schema version " + std::to_string(kSchema) + " but got " +
                           std::to_string(*books.version),
                       "database", kUpgrade);
    }
    const auto unapplied = delta_status(books, History()).unapplied;
    if (unapplied.empty()) return std::nullopt;
    return refusal(options,
                   "Database schema delta " + unapplied.front() + " has not been applied" +
                       (unapplied.size() == 1
                            ? ""
                            : " (nor have " + std::to_string(unapplied.size() - 1) + " others)"),
                   "database", kUpgrade);
}

std::optional<std::string> refuse_positions(const LiveDatabase& live,
                                            const StartupOptions& options) {
    const auto ahead = find_positions_ahead(live.schema, live.bookkeeping.stream_positions);
    if (ahead.empty()) return std::nullopt;
    const auto& first = ahead.front();
    return refusal(options,
                   "Postgres sequence '" + first.sequence +
                       "' is inconsistent with associated stream position of '" + first.stream +
                       "' in the 'stream_positions' table",
                   "database",
                   "with every server stopped: DELETE FROM stream_positions WHERE stream_name = " +
                       quote_literal(first.stream));
}

}  // namespace

std::optional<std::string> refuse_startup(const LiveDatabase& live,
                                          const std::optional<std::string>& first_user,
                                          const StartupOptions& options) {
    const auto& books = live.bookkeeping;
    if (auto no = refuse_server(live.server, options)) return no;
    if (auto no = refuse_new_database(books, options)) return no;
    if (auto no = refuse_compat(books, options)) return no;
    if (auto no = refuse_foreign_user(first_user, options)) return no;
    if (auto no = refuse_old(books, options)) return no;
    return refuse_positions(live, options);
}

Result<StartupFacts, std::string> check_startup(pg::Transaction& tx,
                                                const StartupOptions& options) {
    LiveDatabase live;
    live.server = read_server_facts(tx);
    read_tables(tx, live.server.schema, live.schema);
    read_sequences(tx, live.server.schema, {}, live.schema);
    live.bookkeeping = read_bookkeeping(tx, live.schema);
    std::optional<std::string> first_user;
    if (live.schema.tables.contains("users")) {
        for (const auto row : tx.query(kFirstUser))
            first_user = row.text(0);
    }
    if (auto no = refuse_startup(live, first_user, options)) return failure(std::move(*no));

    StartupFacts facts;
    facts.schema_version = *live.bookkeeping.version;
    facts.in_recovery = live.server.in_recovery;
    for (const auto& update : live.bookkeeping.background_updates) {
        facts.pending_updates.insert(update.name);
    }
    facts.unfinished = read_unfinished_work(tx);
    if (options.writes) {
        auto no = facts.unfinished.refuse_writing(options.config_file);
        if (no) return failure(std::move(*no));
    }
    return facts;
}

}  // namespace aksono::synschema
