// SPDX-License-Identifier: Apache-2.0
#include "rollback_losses.h"
#include "synschema/introspection.h"
#include "synschema/rollback.h"

#include <algorithm>

namespace aksono::synschema {

namespace {

constexpr pg::Statement kRooms{"rollback_rooms", R"(
SELECT coalesce(r.room_version, '1'), count(*) FROM rooms r
WHERE EXISTS (SELECT FROM local_current_membership l
              WHERE l.room_id = r.room_id AND l.membership = 'join')
GROUP BY 1)"};

constexpr pg::Statement kDevices{"rollback_devices", R"(
SELECT count(*) FROM devices
WHERE NOT hidden AND last_seen > extract(epoch FROM now() - interval '30 days') * 1000)"};

bool has(const Schema& schema, const std::string& table, const std::string& column) {
    const auto it = schema.tables.find(table);
    return it != schema.tables.end() &&
           std::ranges::find(it->second.columns, column, &Column::name) != it->second.columns.end();
}

}  // namespace

RollbackFacts read_rollback_facts(pg::Transaction& tx, LiveDatabase live, Store store) {
    RollbackFacts facts;
    facts.live = std::move(live);
    facts.store = store;
    facts.largest = read_largest_ids(tx, facts.live);
    if (store == Store::state) return facts;
    for (const auto row : tx.query(kRooms))
        facts.rooms[row.text(0)] = row.integer(1);
    facts.devices = tx.query(kDevices)[0].integer(0);
    for (const auto& loss : rollback_losses()) {
        if (!has(facts.live.schema, loss.table, loss.column)) continue;
        const auto rows = tx.query_text("SELECT count(*) FROM " + std::string(loss.table) +
                                        " WHERE " + loss.condition);
        facts.held[loss.id] = rows[0].integer(0);
    }
    return facts;
}

}  // namespace aksono::synschema
