// SPDX-License-Identifier: Apache-2.0
#include "look.h"

#include "datacheck/server_state.h"
#include "datacheck/session.h"
#include "synschema/merge_databases.h"
#include "synschema/state_tables.h"
#include "verbs.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace aksono::schema_diff {

namespace {

constexpr int kOldestPostgres = 140000;
constexpr int kAttempts = 5;

constexpr pg::Statement kIdentity{
    "schema_diff_identity",
    "SELECT (SELECT system_identifier FROM pg_control_system())::text || '/' || oid || '/' || "
    "datname FROM pg_database WHERE datname = current_database()"};

[[noreturn]] void unsuitable(const cli::Target& target, const std::string& why) {
    throw cli::Unsuitable(target.conninfo.describe() + " " + why);
}

/// What is wrong with a database that nothing can be said about.
void refuse(const cli::Target& target, const synschema::LiveDatabase& live) {
    const auto& tables = live.schema.tables;
    if (tables.empty())
        unsuitable(target, "is empty, it has no table schema_version: it is no Synapse database");
    if (!tables.contains("schema_version")) {
        unsuitable(target, "has no table schema_version: it is no Synapse database");
    }
    for (const char* table : {"schema_version", "applied_schema_deltas", "background_updates"}) {
        if (live.unreadable.contains(table)) {
            unsuitable(target, std::string("does not let this role read ") + table +
                                   ": connect as its owner, or GRANT pg_read_all_data");
        }
    }
    if (!tables.contains("applied_schema_deltas")) {
        unsuitable(target, "has no table applied_schema_deltas: it is no Synapse database");
    }
}

struct One {
    synschema::Snapshot snapshot;
    std::string identity;
    datacheck::ServerState state;
};

pg::Connection connect(const cli::Target& target) {
    auto connection = cli::connect(target, kApplicationName, kNoTimeout);
    if (connection.server_version() < kOldestPostgres) {
        unsuitable(target, "is on PostgreSQL " +
                               std::to_string(connection.server_version() / 10000) +
                               ": Synapse requires PostgreSQL 14 or above, so does this program");
    }
    return connection;
}

[[noreturn]] void refuse(const cli::Target& target, const datacheck::Trouble& trouble) {
    using Kind = datacheck::Trouble::Kind;
    switch (trouble.kind) {
        case Kind::locked:
            unsuitable(target, "has a table that somebody holds locked: try again later");
        case Kind::forbidden:
            unsuitable(target, "does not let this role read it (" + trouble.why +
                                   "): connect as its owner, or GRANT pg_read_all_data");
        case Kind::too_long:
            unsuitable(target, "did not answer in time: see --timeout");
        case Kind::disturbed:
        case Kind::unreadable:
        case Kind::failed:
            break;
    }
    unsuitable(target, "is no Synapse database, or a damaged one: " + trouble.why);
}

/// Locks, and what a standby does to its readers, pass.
void insist(const cli::Target& target, datacheck::Session& session, Millis timeout,
            const std::function<void(pg::Transaction&)>& work) {
    using Kind = datacheck::Trouble::Kind;
    for (int i = 0;; ++i) {
        const auto trouble = session.run_within(timeout, work);
        if (!trouble) return;
        const bool passes = trouble->kind == Kind::locked || trouble->kind == Kind::disturbed;
        if (!passes || i == kAttempts) refuse(target, *trouble);
        std::this_thread::sleep_for(std::chrono::seconds(1));
    }
}

One look_at(const cli::Target& target, const synschema::CheckOptions& options, Millis timeout) {
    datacheck::Session session([&] { return connect(target); });
    One one;
    try {
        insist(target, session, timeout, [&](pg::Transaction& tx) {
            one.snapshot = synschema::take_snapshot(tx, options);
            one.identity = tx.query(kIdentity)[0].text(0);
        });
        refuse(target, one.snapshot.live);
        insist(target, session, timeout, [&](pg::Transaction& tx) {
            one.state = datacheck::read_server_state(tx, one.snapshot.live);
        });
    } catch (const datacheck::ConnectionLost& lost) {
        throw cli::Unsuitable(std::string("connection lost: ") + lost.what());
    }
    return one;
}

void must_have(const cli::Target& target, const synschema::LiveDatabase& live, const char* table,
               const char* kind) {
    if (live.schema.tables.contains(table)) return;
    unsuitable(target, std::string("has no table ") + table + ": it is no " + kind +
                           " database of Synapse's");
}

void tell_unreadable(const synschema::LiveDatabase& live, synschema::Findings& findings) {
    if (live.unreadable.empty()) return;
    std::string names;
    for (const auto& name : live.unreadable)
        names += (names.empty() ? "" : ", ") + name;
    findings.push_back(
        {"no-rights",
         synschema::Severity::info,
         names,
         std::to_string(live.unreadable.size()) + " tables or sequences may not be read",
         "What is in them, and what refers to them, was not looked at: " + names + ".",
         {"GRANT pg_read_all_data TO CURRENT_ROLE", "", true}});
}

void tell_server(const One& one, synschema::Findings& findings) {
    for (auto& finding : datacheck::server_findings(one.state, one.snapshot.live))
        findings.push_back(std::move(finding));
    for (auto& finding :
         datacheck::queue_findings(one.snapshot.live.bookkeeping.background_updates,
                                   synschema::load_known_updates(), one.state.tables)) {
        findings.push_back(std::move(finding));
    }
}

Looked look_at_pair(const CheckCommand& command, const synschema::CheckOptions& options, One main) {
    auto state = look_at(*command.state, options, command.timeout);
    must_have(command.main, main.snapshot.live, "events", "main");
    must_have(*command.state, state.snapshot.live, "state_groups", "state");
    Looked looked;
    looked.database =
        command.main.conninfo.describe() + ", state in " + command.state->conninfo.describe();
    looked.identity = main.identity + "+" + state.identity;
    looked.findings = synschema::check_databases(main.snapshot, state.snapshot, options);
    tell_server(main, looked.findings);
    tell_server(state, looked.findings);
    looked.main = synschema::merge_databases(main.snapshot, state.snapshot).live;
    looked.state = std::move(state.snapshot.live);
    return looked;
}

/// The state tables of a pair, or another half: said in one line, not as a hundred missing tables.
void refuse_half(const CheckCommand& command, const synschema::LiveDatabase& live) {
    const auto has_any = [&](std::initializer_list<const char*> names) {
        return std::ranges::any_of(
            names, [&](const char* name) { return live.schema.tables.contains(name); });
    };
    const bool main = has_any({"events", "rooms", "users"});
    const bool state = has_any({"state_groups", "state_groups_state", "state_group_edges"});
    if (main && !state) {
        unsuitable(command.main,
                   "has no state tables: give the state database too, with --state-dsn or -c");
    }
    if (state && !main) {
        unsuitable(command.main,
                   "has state tables only: give the main database, and this one "
                   "with --state-dsn or -c");
    }
}

}  // namespace

Looked look(const CheckCommand& command) {
    const synschema::CheckOptions options{command.main.server_name,
                                          command.main.allow_unsafe_locale};
    auto main = look_at(command.main, options, command.timeout);
    Looked looked;
    if (command.state) {
        looked = look_at_pair(command, options, std::move(main));
    } else {
        refuse_half(command, main.snapshot.live);
        looked.database = command.main.conninfo.describe();
        looked.identity = main.identity;
        looked.findings = synschema::check_database(main.snapshot, options);
        tell_server(main, looked.findings);
        looked.main = std::move(main.snapshot.live);
    }
    tell_unreadable(looked.main, looked.findings);
    return looked;
}

}  // namespace aksono::schema_diff
