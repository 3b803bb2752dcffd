// SPDX-License-Identifier: Apache-2.0
#include "events/event.h"

#include "crypto/event_hash.h"

namespace aksono::events {

namespace {

std::string text(const Json& event, std::string_view key) {
    const std::string* value = find_string(event, key);
    return value == nullptr ? std::string() : *value;
}

std::int64_t integer(const Json& event, std::string_view key) {
    const Json* value = find_member(event, key);
    return value != nullptr && value->is_number_integer() ? value->get<std::int64_t>() : 0;
}

/// Ids, or in versions 1 and 2 pairs of id and hashes.
std::vector<std::string> references(const Json& event, std::string_view key) {
    std::vector<std::string> ids;
    const Json* list = find_member(event, key);
    if (list == nullptr || !list->is_array()) return ids;
    for (const auto& entry : *list) {
        const bool is_pair = entry.is_array() && !entry.empty();
        const Json& id = is_pair ? entry.front() : entry;
        if (id.is_string()) ids.push_back(id.get<std::string>());
    }
    return ids;
}

}  // namespace

const Json& Event::content() const {
    static const Json kNone = Json::object();
    const Json* content = find_member(json, "content");
    return content != nullptr && content->is_object() ? *content : kNone;
}

EventPtr read_event(const crypto::RoomVersion& version, Json json, std::string id) {
    auto event = std::make_shared<Event>();
    event->version = &version;
    event->id = id.empty() ? crypto::event_id(version, json).str() : std::move(id);
    event->room_id = text(json, "room_id");
    event->type = text(json, "type");
    event->sender = text(json, "sender");
    if (const std::string* key = find_string(json, "state_key")) event->state_key = *key;
    event->depth = integer(json, "depth");
    event->origin_server_ts = integer(json, "origin_server_ts");
    event->prev_events = references(json, "prev_events");
    event->auth_events = references(json, "auth_events");
    if (version.room_id_is_create_hash && event->is("m.room.create") && event->id.size() > 1) {
        event->room_id = "!" + event->id.substr(1);
    }
    event->json = std::move(json);
    return event;
}

}  // namespace aksono::events
