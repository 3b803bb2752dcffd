// SPDX-License-Identifier: Apache-2.0
#include "verify.h"

#include "synschema/check_database.h"
#include "synschema/data_sums.h"
#include "synschema/delta_status.h"
#include "synschema/introspection.h"
#include "synschema/merge_databases.h"
#include "verbs.h"

#include <algorithm>
#include <iostream>

namespace aksono::migrate {

namespace {

using synschema::Finding;
using synschema::Findings;
using synschema::Severity;

constexpr Millis kNoTimeout = 0;

synschema::Snapshot snapshot_of(const Site& site) {
    auto connection = cli::connect(site.target, kApplicationName, kNoTimeout);
    auto snapshot = connection.in(pg::Isolation::repeatable_read_only, [&](pg::Transaction& tx) {
        return synschema::take_snapshot(tx,
                                        {site.target.server_name, site.target.allow_unsafe_locale});
    });
    refuse_unsuitable(snapshot.live, site);
    return snapshot;
}

void complain(const std::string& id, const std::string& object, const std::string& summary,
              Findings& out) {
    out.push_back({id, Severity::error, object, summary, "", {}});
}

/// The books of an upgraded database: Synapse would look for these at its start.
void check_books(const synschema::Bookkeeping& books, const Site& site, Findings& out) {
    if (books.version.value_or(0) < synschema::kSchema || !books.upgraded) {
        complain("version-old", "schema_version",
                 site.name() + ": schema version " + std::to_string(books.version.value_or(0)) +
                     ": the upgrade has not been done",
                 out);
    }
    if (books.compat_version != synschema::kCompatVersion) {
        complain(
            "compat-wrong", "schema_compat_version",
            site.name() + ": compat version is not " + std::to_string(synschema::kCompatVersion),
            out);
    }
    const auto status = synschema::delta_status(books, synschema::History(), site.store);
    for (const auto& file : status.unapplied)
        complain("delta-missing", file, site.name() + ": delta " + file + " has no row", out);
}

/// What waits is queued as the delta that queues it last does it.
void check_queue(const synschema::Bookkeeping& books, const synschema::History& history,
                 const Site& site, Findings& out) {
    std::map<std::string, synschema::QueuedUpdate> last;
    for (const auto& delta : history.deltas()) {
        if (delta.past) continue;
        for (const auto& update : delta.queues)
            last[update.name] = update;
    }
    for (const auto& update : books.background_updates) {
        const auto it = last.find(update.name);
        if (it == last.end() || it->second.ordering == update.ordering || update.ordering == 0) {
            continue;
        }
        complain("queue-order", update.name,
                 site.name() + ": background update " + update.name + " has ordering " +
                     std::to_string(update.ordering) + ", Synapse's is " +
                     std::to_string(it->second.ordering),
                 out);
    }
}

std::map<std::string, std::string> sums_of(const cli::Target& target) {
    auto connection = cli::connect(target, kApplicationName, kNoTimeout);
    return connection.in(pg::Isolation::repeatable_read_only, [](pg::Transaction& tx) {
        return synschema::describe(synschema::read_data_sums(tx, synschema::introspect(tx).schema));
    });
}

/// Rows of a database that Synapse upgraded.
void compare_rows(const Site& site, const std::string& dsn, Findings& out) {
    const auto ours = sums_of(site.target);
    const auto theirs = sums_of({pg::Conninfo::parse(dsn), "", true});
    auto names = ours;
    names.insert(theirs.begin(), theirs.end());
    for (const auto& [name, unused] : names) {
        const auto here = ours.find(name);
        const auto there = theirs.find(name);
        if (here != ours.end() && there != theirs.end() && here->second == there->second) continue;
        complain("rows-differ", name,
                 name + ": " + (here == ours.end() ? "missing" : here->second) +
                     "; there: " + (there == theirs.end() ? "missing" : there->second),
                 out);
    }
}

}  // namespace

Findings not_as_synapse_leaves_it(const std::vector<Site>& sites) {
    const synschema::CheckOptions options{sites.front().target.server_name,
                                          sites.front().target.allow_unsafe_locale};
    const synschema::History history;
    std::vector<synschema::Snapshot> snapshots;
    Findings out;
    for (const auto& site : sites) {
        snapshots.push_back(snapshot_of(site));
        check_books(snapshots.back().live.bookkeeping, site, out);
        check_queue(snapshots.back().live.bookkeeping, history, site, out);
    }
    auto found = snapshots.size() == 1
                     ? synschema::check_database(snapshots[0], options)
                     : synschema::check_databases(snapshots[0], snapshots[1], options);
    for (auto& finding : found) {
        if (finding.severity != Severity::info) out.push_back(std::move(finding));
    }
    return out;
}

std::string findings_text(const Findings& findings) {
    std::string text;
    for (const auto& finding : findings)
        text += "  [" + finding.id + "] " + finding.summary + "\n";
    return text;
}

int verify(const cli::Arguments& arguments) {
    namespace po = boost::program_options;
    po::options_description options("Options");
    options.add_options()(
        "against", po::value<std::string>()->value_name("DSN"),
        "a copy of the same database that Synapse upgraded: compare every row with it");
    const auto parsed = cli::parse_verb(
        "aksono-migrate verify [options] (DSN | -c homeserver.yaml)",
        "Says whether the database is what Synapse's own upgrade would have left: shape, deltas,\n"
        "versions, queue of background updates, sequences. Reads only.\n\n"
        "Ends 0: it is; 10: it is not; 12: cannot be reached, or no Synapse database.\n",
        options, arguments, true);
    if (!parsed) return cli::kDone;
    const auto sites = sites_of(*parsed);
    auto findings = not_as_synapse_leaves_it(sites);
    if (parsed->values.contains("against")) {
        compare_rows(sites.front(), parsed->values["against"].as<std::string>(), findings);
    }
    for (const auto& site : sites)
        std::cout << site.name() << "\n";
    std::cout << (findings.empty() ? "As Synapse leaves it.\n" : findings_text(findings));
    return findings.empty() ? cli::kDone : cli::kErrors;
}

}  // namespace aksono::migrate
