// SPDX-License-Identifier: Apache-2.0
#include "events/power_ordering.h"

#include "events/auth_walk.h"
#include "events/power_levels.h"

#include <queue>
#include <string_view>
#include <tuple>
#include <unordered_map>

namespace aksono::events {

namespace {

/// The level of the event's sender, «when looking at their respective auth_events».
std::int64_t sender_power(const Event& event, KnownEvents& known) {
    const Event* create = nullptr;
    const Event* levels = nullptr;
    for (const auto* auth : known.auth_events(event)) {
        if (auth->is("m.room.create")) create = auth;
        if (auth->is("m.room.power_levels")) levels = auth;
    }
    return PowerLevels(*event.version, create, levels).of_user(event.sender);
}

struct Vertex {
    const Event* event = nullptr;
    std::int64_t power = 0;
    std::size_t waits_for = 0;             ///< how many of its auth events
    std::vector<std::size_t> needed_by{};  ///< vertices
};

/// Whether x < y.
bool comes_before(const Vertex& x, const Vertex& y) {
    // 1. x's sender has greater power level than y's sender; or
    if (x.power != y.power) return x.power > y.power;
    // 2. x's origin_server_ts is less than y's origin_server_ts; or
    // 3. x's event_id is less than y's event_id.
    return std::tie(x.event->origin_server_ts, x.event->id) <
           std::tie(y.event->origin_server_ts, y.event->id);
}

/// «The DAG formed by auth events»
std::vector<Vertex> make_vertices(const std::vector<const Event*>& events, KnownEvents& known) {
    std::vector<Vertex> vertices;
    std::unordered_map<std::string_view, std::size_t> indexes;
    for (const auto* event : events) {
        indexes.emplace(event->id, vertices.size());
        vertices.push_back({event, sender_power(*event, known)});
    }
    for (std::size_t index = 0; index < vertices.size(); ++index) {
        for (const auto& id : auth_edges(*vertices[index].event)) {
            const auto it = indexes.find(id);
            if (it == indexes.end()) continue;
            vertices[it->second].needed_by.push_back(index);
            ++vertices[index].waits_for;
        }
    }
    return vertices;
}

}  // namespace

std::vector<const Event*> order_by_power(const std::vector<const Event*>& events,
                                         KnownEvents& known) {
    std::vector<Vertex> vertices = make_vertices(events, known);
    const auto comes_later = [&](std::size_t x, std::size_t y) {
        return comes_before(vertices[y], vertices[x]);
    };
    // «Kahn's algorithm for topological sorting, and at each step selecting, among all the
    // candidate vertices, the smallest vertex»
    std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(comes_later)> candidates(
        comes_later);
    for (std::size_t index = 0; index < vertices.size(); ++index) {
        if (vertices[index].waits_for == 0) candidates.push(index);
    }
    std::vector<const Event*> ordered;
    while (!candidates.empty()) {
        const std::size_t smallest = candidates.top();
        candidates.pop();
        ordered.push_back(vertices[smallest].event);
        for (const std::size_t next : vertices[smallest].needed_by) {
            if (--vertices[next].waits_for == 0) candidates.push(next);
        }
    }
    return ordered;
}

}  // namespace aksono::events
