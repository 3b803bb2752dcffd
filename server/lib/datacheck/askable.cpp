// SPDX-License-Identifier: Apache-2.0
#include "datacheck/askable.h"

#include "synschema/state_tables.h"

#include <algorithm>

namespace aksono::datacheck {

namespace {

/// The table as the side has it, or nullptr.
const synschema::Table* find_table(const Surroundings& surroundings, const std::string& name) {
    const auto& live = synschema::is_state_table(name) ? *surroundings.state : *surroundings.main;
    const auto it = live.schema.tables.find(name);
    return it == live.schema.tables.end() ? nullptr : &it->second;
}

bool waits(const synschema::LiveDatabase& live, const std::string& update) {
    return std::ranges::find(live.bookkeeping.background_updates, update,
                             &synschema::BackgroundUpdate::name) !=
           live.bookkeeping.background_updates.end();
}

bool excused(const Probe& probe, const Surroundings& surroundings) {
    const auto& missing = surroundings.excuses.missing;
    return std::ranges::any_of(probe.unless,
                               [&](const std::string& update) {
                                   return waits(*surroundings.main, update) ||
                                          waits(*surroundings.state, update);
                               }) ||
           std::ranges::any_of(probe.tables,
                               [&](const auto& table) { return missing.contains(table); }) ||
           std::ranges::any_of(probe.columns,
                               [&](const auto& column) { return missing.contains(column); });
}

bool has_column(const Surroundings& surroundings, const std::string& dotted) {
    const auto dot = dotted.find('.');
    const auto* table = find_table(surroundings, dotted.substr(0, dot));
    return table != nullptr && std::ranges::find(table->columns, dotted.substr(dot + 1),
                                                 &synschema::Column::name) != table->columns.end();
}

}  // namespace

std::optional<Obstacle> obstacle(const Probe& probe, const Surroundings& surroundings) {
    if (excused(probe, surroundings)) return Obstacle{};
    for (const auto& name : probe.tables) {
        const auto* table = find_table(surroundings, name);
        if (table == nullptr || table->kind != "table") return Obstacle{};
        if (surroundings.unreadable.contains(name)) return Obstacle{Gap::forbidden, name};
        if (table->unlogged && surroundings.main->server.in_recovery) {
            return Obstacle{Gap::unlogged, name};
        }
    }
    for (const auto& column : probe.columns) {
        if (!has_column(surroundings, column)) return Obstacle{};
    }
    return std::nullopt;
}

}  // namespace aksono::datacheck
