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
    if (queue.empty()) return {};
    return {overview(queue, known, tables)};
}

}  // namespace aksono::datacheck
