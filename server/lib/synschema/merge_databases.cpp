// SPDX-License-Identifier: Apache-2.0
#include "synschema/merge_databases.h"

#include "synschema/state_tables.h"

#include <algorithm>

namespace aksono::synschema {

namespace {

bool of_state(const std::string& table) {
    return is_state_table(table);
}

bool sequence_of_state(const std::string& name, const Sequence& sequence) {
    return name == "state_group_id_seq" ||
           of_state(sequence.owner.substr(0, sequence.owner.find('.')));
}

template <class T>
void add_missing(std::vector<T>& to, const std::vector<T>& from) {
    for (const auto& each : from) {
        if (std::ranges::find(to, each) == to.end()) to.push_back(each);
    }
}

void merge_schema(Schema& to, const Schema& state) {
    std::erase_if(to.tables, [](const auto& each) { return of_state(each.first); });
    std::erase_if(to.sequences,
                  [](const auto& each) { return sequence_of_state(each.first, each.second); });
    for (const auto& [name, table] : state.tables) {
        if (of_state(name)) to.tables[name] = table;
    }
    for (const auto& [name, sequence] : state.sequences) {
        if (sequence_of_state(name, sequence)) to.sequences[name] = sequence;
    }
}

void merge_books(Bookkeeping& to, const Bookkeeping& state) {
    add_missing(to.applied_deltas, state.applied_deltas);
    std::ranges::sort(to.applied_deltas);
    add_missing(to.background_updates, state.background_updates);
    std::ranges::stable_sort(to.background_updates, {}, &BackgroundUpdate::ordering);
    add_missing(to.modules, state.modules);
}

/// The pair once more, with state's own server and books in the place of main's.
Snapshot as_seen_from_state(const Snapshot& both, const Snapshot& state) {
    Snapshot seen = both;
    seen.live.server = state.live.server;
    seen.live.bookkeeping.version = state.live.bookkeeping.version;
    seen.live.bookkeeping.upgraded = state.live.bookkeeping.upgraded;
    seen.live.bookkeeping.compat_version = state.live.bookkeeping.compat_version;
    for (const auto& [name, table] : state.live.schema.tables) {
        if (is_common_table(name)) seen.live.schema.tables[name] = table;
    }
    return seen;
}

bool same(const Finding& a, const Finding& b) {
    return a.id == b.id && a.object == b.object && a.summary == b.summary;
}

void versions_differ(const Bookkeeping& main, const Bookkeeping& state, Findings& findings) {
    if (main.version == state.version) return;
    const auto text = [](const std::optional<int>& version) {
        return version ? std::to_string(*version) : std::string("none");
    };
    findings.push_back({"databases-differ",
                        Severity::error,
                        "schema_version",
                        "the main database has schema version " + text(main.version) +
                            ", the state database " + text(state.version),
                        "An upgrade went through one of them only, or they do not belong together.",
                        {"", "start Synapse once, or run aksono-migrate up with both", false}});
}

}  // namespace

Snapshot merge_databases(const Snapshot& main, const Snapshot& state) {
    Snapshot both = main;
    merge_schema(both.live.schema, state.live.schema);
    merge_books(both.live.bookkeeping, state.live.bookkeeping);
    const auto largest = state.largest_ids.find("state_groups.id");
    both.largest_ids.erase("state_groups.id");
    if (largest != state.largest_ids.end()) both.largest_ids.insert(*largest);
    for (const auto& name : state.live.unreadable) {
        if (of_state(name)) both.live.unreadable.insert(name);
    }
    return both;
}

Findings check_databases(const Snapshot& main, const Snapshot& state, const CheckOptions& options) {
    const auto both = merge_databases(main, state);
    auto findings = check_database(both, options);
    for (auto& finding : check_database(as_seen_from_state(both, state), options)) {
        const bool told =
            std::ranges::any_of(findings, [&](const auto& other) { return same(other, finding); });
        if (told) continue;
        finding.summary += " (in the state database)";
        findings.push_back(std::move(finding));
    }
    versions_differ(main.live.bookkeeping, state.live.bookkeeping, findings);
    std::ranges::stable_sort(findings, {}, &Finding::severity);
    return findings;
}

}  // namespace aksono::synschema
