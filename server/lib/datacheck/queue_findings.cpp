// SPDX-License-Identifier: Apache-2.0
#include "datacheck/server_state.h"
#include "datacheck/units.h"

#include <algorithm>

namespace aksono::datacheck {

namespace {

using Queue = std::vector<synschema::BackgroundUpdate>;
using Known = std::map<std::string, synschema::KnownUpdate>;

// Seen on one ordinary disk with the server's own throttle: a build reads the table once; an
// update of rows works in steps with pauses between.
constexpr double kBuildBytesPerSecond = 40e6;
constexpr double kRowsPerSecond = 1500;

const synschema::BackgroundUpdate* find(const Queue& queue, const std::string& name) {
    const auto it = std::ranges::find(queue, name, &synschema::BackgroundUpdate::name);
    return it == queue.end() ? nullptr : &*it;
}

bool can_be_done(const Known& known, const std::string& name) {
    const auto it = known.find(name);
    return it != known.end() && !it->second.obsolete;
}

/// What an update waits for and never gets: an unknown one, or itself. Empty: nothing.
std::string dead_end(const Queue& queue, const Known& known,
                     const synschema::BackgroundUpdate& update) {
    const auto* at = &update;
    for (std::size_t steps = 0; steps <= queue.size(); ++steps) {
        if (at->depends_on.empty()) return "";
        const auto* next = find(queue, at->depends_on);
        if (next == nullptr) return "";  // done already
        if (!can_be_done(known, next->name)) return next->name;
        at = next;
    }
    return update.depends_on;
}

std::vector<std::string> tables_of(const synschema::KnownUpdate& update) {
    std::vector<std::string> tables;
    for (const auto& patch : update.completes) {
        if (!patch.contains("tables")) continue;
        for (const auto& [name, unused] : patch.at("tables").items())
            tables.push_back(name);
    }
    return tables;
}

/// Seconds, by the tables whose shape it changes; none known: nothing.
std::optional<double> estimate(const synschema::KnownUpdate& update,
                               const std::vector<TableSize>& sizes) {
    const auto tables = tables_of(update);
    if (tables.empty()) return std::nullopt;
    const bool builds = update.does.contains("index");
    double seconds = 0;
    for (const auto& size : sizes) {
        if (std::ranges::find(tables, size.name) == tables.end()) continue;
        seconds += builds ? static_cast<double>(size.bytes) / kBuildBytesPerSecond
                          : static_cast<double>(size.rows) / kRowsPerSecond;
    }
    return seconds;
}

synschema::Finding blocked(const synschema::BackgroundUpdate& update, const std::string& by) {
    return {"background-update-blocked",
            synschema::Severity::warning,
            update.name,
            "background update " + update.name + " waits for " + by + ", which can never be done",
            "It stays in the queue for ever, and what it would have done is not done.",
            {"", "see what " + by + " is, and who queued it", false}};
}

synschema::Finding overview(const Queue& queue, const Known& known,
                            const std::vector<TableSize>& sizes) {
    double seconds = 0;
    int unknown = 0;
    std::string order;
    for (const auto& update : queue) {
        order += (order.empty() ? "" : ", ") + update.name;
        const auto it = known.find(update.name);
        const auto some = it == known.end() ? std::nullopt : estimate(it->second, sizes);
        seconds += some.value_or(0);
        unknown += some ? 0 : 1;
    }
    auto summary = std::to_string(queue.size()) + " background updates are queued, " +
                   queue.front().name + " first: about " + length_text(seconds);
    if (unknown > 0) summary += ", and " + std::to_string(unknown) + " of unknown length";
    return {"background-update-queue",
            synschema::Severity::info,
            "background_updates",
            summary,
            "By the size of tables. Whether one is being worked on cannot be told from the rows: "
            "look whether its progress moves. In this order: " +
                order + ".",
            {"", "let Synapse run, or aksono-migrate background --run", true}};
}

}  // namespace

synschema::Findings queue_findings(const Queue& queue, const Known& known,
                                   const std::vector<TableSize>& tables) {
    synschema::Findings findings;
    if (queue.empty()) return findings;
    for (const auto& update : queue) {
        const auto by = dead_end(queue, known, update);
        if (!by.empty()) findings.push_back(blocked(update, by));
    }
    findings.push_back(overview(queue, known, tables));
    return findings;
}

}  // namespace aksono::datacheck
