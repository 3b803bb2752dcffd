// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "events/auth_event_keys.h"
#include "events/event.h"

#include <algorithm>
#include <memory>
#include <string>
#include <unordered_map>

namespace aksono::events {

/// A room for tests: events by short names, which are their ids.
class TestRoom : public EventSource {
public:
    explicit TestRoom(std::string_view version)
        : version_(*crypto::find_room_version(version)),
          room_id_(version_.room_id_is_create_hash ? "!create" : "!room:a") {}

    EventPtr find(const std::string& id) override {
        const auto it = events_.find(id);
        return it == events_.end() ? nullptr : it->second;
    }
    void expect(const std::vector<std::string>& ids) override {
        ++loads;
        most_expected = std::max(most_expected, ids.size());
    }

    /// A state event that is authorised by what of `state` it should be; then it is part of it.
    EventPtr add(StateMap& state, const std::string& id, const std::string& sender,
                 const std::string& type, const std::string& state_key, Json content) {
        auto event = make(id, sender, type, state_key, std::move(content));
        for (const auto& key : auth_event_keys(version_, *event)) {
            const auto it = state.find(key);
            if (it != state.end()) event->auth_events.push_back(it->second);
        }
        state[{type, state_key}] = id;
        return put(std::move(event));
    }
    /// One that is authorised by just these.
    EventPtr add_with_auth(const std::string& id, std::vector<std::string> auth_events) {
        auto event = make(id, "@u:a", "test", id, Json::object());
        event->auth_events = std::move(auth_events);
        return put(std::move(event));
    }
    EventPtr member(StateMap& state, const std::string& id, const std::string& sender,
                    const std::string& target, const std::string& membership) {
        return add(state, id, sender, "m.room.member", target, {{"membership", membership}});
    }
    EventPtr power(StateMap& state, const std::string& id, const std::string& sender, Json users) {
        return add(state, id, sender, "m.room.power_levels", "", {{"users", std::move(users)}});
    }
    /// A public room that @alice:a made and rules.
    StateMap begin() {
        StateMap state;
        Json content{{"room_version", version_.id}};
        if (!version_.creator_is_sender) content["creator"] = "@alice:a";
        add(state, "$create", "@alice:a", "m.room.create", "", content);
        member(state, "$alice", "@alice:a", "@alice:a", "join");
        Json users = Json::object();
        if (!version_.creators_have_infinite_power) users["@alice:a"] = 100;
        power(state, "$power", "@alice:a", users);
        add(state, "$rules", "@alice:a", "m.room.join_rules", "", {{"join_rule", "public"}});
        return state;
    }
    void reject(const std::string& id) {
        auto event = std::make_shared<Event>(*events_.at(id));
        event->rejected = true;
        events_[id] = std::move(event);
    }
    void lose(const std::string& id) { events_.erase(id); }
    [[nodiscard]] const crypto::RoomVersion& version() const { return version_; }

    /// What comes next has this time.
    Millis now = 1;
    int loads = 0;
    std::size_t most_expected = 0;

private:
    std::shared_ptr<Event> make(const std::string& id, const std::string& sender,
                                const std::string& type, const std::string& state_key,
                                Json content) {
        auto event = std::make_shared<Event>();
        event->version = &version_;
        event->id = id;
        event->room_id = room_id_;
        event->type = type;
        event->sender = sender;
        event->state_key = state_key;
        event->depth = ++depth_;
        event->origin_server_ts = now++;
        if (id != "$create") event->prev_events = {last_};
        event->json = {{"type", type},          {"state_key", state_key},
                       {"sender", sender},      {"content", std::move(content)},
                       {"depth", event->depth}, {"origin_server_ts", event->origin_server_ts},
                       {"room_id", room_id_},   {"prev_events", event->prev_events}};
        if (id == "$create" && version_.room_id_is_create_hash) event->json.erase("room_id");
        last_ = id;
        return event;
    }
    EventPtr put(std::shared_ptr<Event> event) {
        EventPtr made = std::move(event);
        events_[made->id] = made;
        return made;
    }

    const crypto::RoomVersion& version_;
    std::string room_id_;
    std::string last_;
    std::int64_t depth_ = 0;
    std::unordered_map<std::string, EventPtr> events_;
};

}  // namespace aksono::events
