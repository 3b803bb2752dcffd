// SPDX-License-Identifier: Apache-2.0
// Resolves rooms: one JSON object a line on stdin, one on stdout. For comparison with others.
//   in:  {"room_version", "events": [{…, "event_id", "rejected"?}], "states": [[[type, key, id]]]}
//   out: {"state": [[type, key, id]]} or {"missing": id}
#include "events/auth_walk.h"
#include "events/state_resolution.h"

#include <iostream>
#include <unordered_map>

namespace {

using namespace aksono;
using namespace aksono::events;

class Room : public EventSource {
public:
    Room(const crypto::RoomVersion& version, const Json& events) {
        for (const auto& json : events) {
            const std::string id = json.at("event_id");
            auto event = std::make_shared<Event>(*read_event(version, json, id));
            event->rejected = json.value("rejected", false);
            events_.emplace(id, std::move(event));
        }
    }
    EventPtr find(const std::string& id) override {
        const auto it = events_.find(id);
        return it == events_.end() ? nullptr : it->second;
    }
    void expect(const std::vector<std::string>&) override {}

private:
    std::unordered_map<std::string, EventPtr> events_;
};

StateMap read_state(const Json& rows) {
    StateMap state;
    for (const auto& row : rows)
        state[{row.at(0), row.at(1)}] = row.at(2);
    return state;
}

Json resolve(const Json& question) {
    const std::string name = question.at("room_version");
    const crypto::RoomVersion* version = crypto::find_room_version(name);
    if (version == nullptr) throw std::runtime_error("unknown room version " + name);
    Room room(*version, question.at("events"));
    std::vector<StateMap> states;
    for (const auto& rows : question.at("states"))
        states.push_back(read_state(rows));
    WalkedAuthDifference walk(room);
    const auto resolved = resolve_state(*version, states, room, walk);
    if (!resolved) return {{"missing", resolved.error().id}};
    Json rows = Json::array();
    for (const auto& [key, id] : *resolved)
        rows.push_back({key.first, key.second, id});
    return {{"state", std::move(rows)}};
}

}  // namespace

int main() {
    std::string line;
    while (std::getline(std::cin, line))
        std::cout << dump_json(resolve(Json::parse(line))) << std::endl;
}
