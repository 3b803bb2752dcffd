// SPDX-License-Identifier: Apache-2.0
#include "synschema/rollback.h"

#include "rollback_losses.h"
#include "synschema/background_updates.h"
#include "synschema/catalogue.h"
#include "synschema/introspection.h"
#include "synschema/releases.h"

#include <algorithm>
#include <set>

namespace aksono::synschema {

namespace {

using config::Release;
using Issues = std::vector<RollbackIssue>;

/// Until 1.108 Synapse refused to start when a sequence was behind its table.
constexpr Release kMovesSequences{1, 109, 0};
constexpr int kNextSchema = 95;

/// Updates of schema 94 that not all of its releases know: the first one in which each was seen.
struct LateUpdate {
    const char* name;
    Release since;
};
constexpr LateUpdate kLateUpdates[] = {
    {"redactions_recheck", {1, 151, 0}},
    {"device_lists_changes_in_room_inserted_ts_idx", {1, 157, 1}},
    {"flag_existing_quarantined_media", {1, 157, 1}},
    {"sliding_sync_connections_last_used_ts_idx", {1, 157, 1}},
    {"sliding_sync_connection_lazy_members_conn_pos_idx", {1, 157, 1}},
    {"device_lists_changes_in_room_unconverted_idx", {1, 163, 2}},
    {"e2e_cross_signing_signatures_remove_duplicates", {1, 163, 2}},
    {"e2e_cross_signing_signatures_add_key_id_to_index", {1, 163, 2}},
};

std::string count_text(std::int64_t count, const std::string& what) {
    return std::to_string(count) + " " + what;
}

bool knows(const Release& release, const KnownUpdate& update) {
    if (update.obsolete) return false;
    for (const auto& late : kLateUpdates) {
        if (update.name == late.name) return release >= late.since;
    }
    return update.since <= schema_version_of(release.str()).value_or(0);
}

void check_compat(const RollbackFacts& facts, const Release& release, Issues& issues) {
    const int compat = facts.live.bookkeeping.compat_version.value_or(0);
    const int version = schema_version_of(release.str()).value_or(0);
    if (compat <= version) return;
    const auto window = releases_that_start(compat);
    issues.push_back({"too-old",
                      Severity::error,
                      "Synapse " + release.str() + " does not start here",
                      "It knows schema versions up to " + std::to_string(version) +
                          ", this database is compatible down to " + std::to_string(compat) +
                          (window ? ": " + window->first + " and later start." : "."),
                      {},
                      "restore the backup that was made before the upgrade"});
}

void check_updates(const RollbackFacts& facts, const Release& release, Issues& issues) {
    const auto known = load_known_updates();
    std::string names;
    for (const auto& update : facts.live.bookkeeping.background_updates) {
        const auto it = known.find(update.name);
        if (it != known.end() && knows(release, it->second)) continue;
        names += (names.empty() ? "" : ", ") + update.name;
    }
    if (names.empty()) return;
    issues.push_back(
        {"updates-unknown",
         Severity::error,
         "background updates are queued that Synapse " + release.str() + " does not know: " + names,
         "It logs an error for each, gives up after the fifth, and does none of "
         "those behind them.",
         {},
         "aksono-migrate background --run, or let the newer Synapse finish them"});
}

std::string move_sequence(const std::string& sequence, std::int64_t to) {
    return "SELECT setval(" + quote_literal(sequence) + ", " + std::to_string(to) + ")";
}

void check_sequences(const RollbackFacts& facts, const Release& release, Issues& issues) {
    std::map<std::string, SequenceBehind> worst;
    for (const auto& behind : find_sequences_behind(facts.live.schema, facts.largest)) {
        auto& entry = worst[behind.sequence];
        if (behind.largest > entry.largest) entry = behind;
    }
    for (const auto& [name, behind] : worst) {
        const bool refuses = release < kMovesSequences;
        issues.push_back({"sequence-behind",
                          refuses ? Severity::error : Severity::warning,
                          "sequence " + name + " is at " + std::to_string(behind.position) +
                              ", table " + behind.table + " at " + std::to_string(behind.largest),
                          refuses ? "Releases before 1.109.0 refuse to start."
                                  : "The release warns and moves it on when it starts.",
                          {move_sequence(name, behind.largest)},
                          ""});
    }
}

void check_positions(const RollbackFacts& facts, Issues& issues) {
    const auto& positions = facts.live.bookkeeping.stream_positions;
    std::map<std::string, std::int64_t> wanted;
    for (const auto& ahead : find_positions_ahead(facts.live.schema, positions)) {
        auto& to = wanted[ahead.sequence];
        to = std::max(to, ahead.position);
    }
    for (const auto& [sequence, to] : wanted) {
        issues.push_back(
            {"position-ahead",
             Severity::error,
             "stream_positions is ahead of sequence " + sequence + ": " + std::to_string(to),
             "Every release refuses to start. Moving the sequence on loses nothing.",
             {move_sequence(sequence, to)},
             ""});
    }
}

/// A writer whose row stays behind makes a Synapse load everything since then.
void check_writers(const RollbackFacts& facts, Issues& issues) {
    std::map<std::string, std::pair<std::int64_t, std::int64_t>> span;
    for (const auto& row : facts.live.bookkeeping.stream_positions) {
        if (row.position < 0) continue;
        const auto [it, fresh] = span.try_emplace(row.stream, row.position, row.position);
        if (fresh) continue;
        it->second = {std::min(it->second.first, row.position),
                      std::max(it->second.second, row.position)};
    }
    for (const auto& [stream, ends] : span) {
        if (ends.first == ends.second) continue;
        issues.push_back(
            {"writer-behind",
             Severity::warning,
             "the writers of stream " + stream + " stand between " + std::to_string(ends.first) +
                 " and " + std::to_string(ends.second),
             "A Synapse takes the lowest as what is persisted and reads everything behind it "
             "again when it starts. When no server runs, all of them are at the highest.",
             {"UPDATE stream_positions SET stream_id = " + std::to_string(ends.second) +
              " WHERE stream_name = " + quote_literal(stream)},
             ""});
    }
}

void check_rooms(const RollbackFacts& facts, const Release& release, Issues& issues) {
    const config::RollbackFloor floor(release);
    for (const auto& [version, count] : facts.rooms) {
        if (floor.room_version(version) == version) continue;
        issues.push_back({"rooms-unknown",
                          Severity::warning,
                          count_text(count, "rooms of version " + version +
                                                " are not known to Synapse " + release.str()),
                          "They vanish from /sync and cannot be used until a newer release runs.",
                          {},
                          "nothing can be done about it"});
    }
}

void check_tokens(const RollbackFacts& facts, const Release& release, Issues& issues) {
    const auto newest = config::RollbackFloor().token_fields();
    const auto fields = config::RollbackFloor(release).token_fields();
    if (fields >= newest || facts.live.bookkeeping.version.value_or(0) < kSchema) return;
    issues.push_back(
        {"tokens-refused",
         Severity::warning,
         "up to " + count_text(facts.devices, "devices may hold tokens that Synapse ") +
             release.str() + " refuses",
         "A /sync token of 1.163.2 has " + std::to_string(newest) +
             " numbers, this release takes " + std::to_string(fields) +
             " at most and answers 400 to others: such clients start over. Tokens that Aksono "
             "made with `rollback_floor: " +
             release.str() + "` are good.",
         {},
         "run Aksono with that rollback_floor before going back"});
}

void check_losses(const RollbackFacts& facts, const Release& release, Issues& issues) {
    for (const auto& loss : rollback_losses()) {
        const auto it = facts.held.find(loss.id);
        if (release >= loss.since || it == facts.held.end() || it->second == 0) continue;
        issues.push_back({loss.id,
                          loss.severity,
                          count_text(it->second, loss.what),
                          loss.explanation,
                          {},
                          "nothing needs to be done"});
    }
}

/// What 1.164.0rc3 does beyond 94 is one row of notes, and a clean-up that stays.
void check_newer_schema(const RollbackFacts& facts, Issues& issues) {
    if (facts.live.bookkeeping.version.value_or(0) != kNextSchema) return;
    issues.push_back({"schema-95",
                      Severity::info,
                      "schema version 95 can be 94 again",
                      "Its one delta made no change of shape. Releases up to 1.163.2 start on 95 "
                      "as well.",
                      {"DELETE FROM applied_schema_deltas WHERE version = 95",
                       "UPDATE schema_version SET version = 94"},
                      ""});
}

}  // namespace

std::vector<RollbackIssue> rollback_issues(const RollbackFacts& facts, const Release& release) {
    Issues issues;
    check_compat(facts, release, issues);
    check_updates(facts, release, issues);
    check_sequences(facts, release, issues);
    if (facts.store != Store::state) {
        check_positions(facts, issues);
        check_writers(facts, issues);
        check_rooms(facts, release, issues);
        check_tokens(facts, release, issues);
        check_losses(facts, release, issues);
    }
    check_newer_schema(facts, issues);
    std::ranges::stable_sort(issues, {}, &RollbackIssue::severity);
    return issues;
}

}  // namespace aksono::synschema
