// SPDX-License-Identifier: Apache-2.0
#include "sync/filter.h"

#include "base/matrix_error.h"

#include <algorithm>

namespace aksono::sync {

namespace {

std::optional<std::vector<std::string>> string_list(const Json& definition, std::string_view key) {
    const auto* member = find_member(definition, key);
    if (member == nullptr || !member->is_array()) return std::nullopt;
    std::vector<std::string> list;
    for (const auto& one : *member) {
        if (one.is_string()) list.push_back(one.get<std::string>());
    }
    return list;
}

bool flag(const Json& definition, std::string_view key) {
    const auto* member = find_member(definition, key);
    return member != nullptr && member->is_boolean() && member->get<bool>();
}

bool contains(const std::vector<std::string>& list, std::string_view value) {
    return std::find(list.begin(), list.end(), value) != list.end();
}

bool matches_type(const std::vector<std::string>& patterns, std::string_view type) {
    return std::any_of(patterns.begin(), patterns.end(), [&](std::string_view pattern) {
        if (!pattern.ends_with('*')) return pattern == type;
        return type.starts_with(pattern.substr(0, pattern.size() - 1));
    });
}

/// The room that an event itself names. A create event whose id is the room's names none (MSC4291).
std::string_view named_room(std::string_view type, std::string_view room_id) {
    const bool is_nameless = type == "m.room.create" && room_id.find(':') == room_id.npos;
    return is_nameless ? std::string_view() : room_id;
}

const Json& part(const Json& definition, std::string_view key) {
    static const Json kEmpty = Json::object();
    const auto* member = find_member(definition, key);
    return member != nullptr && member->is_object() ? *member : kEmpty;
}

}  // namespace

EventFilter EventFilter::from(const Json& definition) {
    EventFilter filter;
    if (const auto* limit = find_member(definition, "limit"); limit && limit->is_number()) {
        filter.limit = limit->get<std::int64_t>();
    }
    filter.types = string_list(definition, "types");
    filter.not_types = string_list(definition, "not_types").value_or(std::vector<std::string>());
    filter.senders = string_list(definition, "senders");
    filter.not_senders =
        string_list(definition, "not_senders").value_or(std::vector<std::string>());
    filter.rooms = string_list(definition, "rooms");
    filter.not_rooms = string_list(definition, "not_rooms").value_or(std::vector<std::string>());
    if (const auto* url = find_member(definition, "contains_url"); url && url->is_boolean()) {
        filter.contains_url = url->get<bool>();
    }
    filter.related_by_senders = string_list(definition, "related_by_senders");
    filter.related_by_rel_types = string_list(definition, "related_by_rel_types");
    filter.lazy_load_members = flag(definition, "lazy_load_members");
    filter.include_redundant_members = flag(definition, "include_redundant_members");
    filter.unread_thread_notifications = flag(definition, "unread_thread_notifications");
    return filter;
}

void EventFilter::narrow_rooms(const EventFilter& other) {
    not_rooms.insert(not_rooms.end(), other.not_rooms.begin(), other.not_rooms.end());
    if (!other.rooms) return;
    if (rooms) {
        std::erase_if(*rooms, [&](const auto& room) { return !contains(*other.rooms, room); });
    } else {
        rooms = other.rooms;
    }
}

bool EventFilter::blocks_all() const {
    return (types && types->empty()) || (senders && senders->empty()) ||
           (rooms && rooms->empty()) || contains(not_types, "*") || contains(not_senders, "*") ||
           contains(not_rooms, "*");
}

bool EventFilter::passes_type(std::string_view type) const {
    return !matches_type(not_types, type) && (!types || matches_type(*types, type));
}

bool EventFilter::passes_sender(std::string_view sender) const {
    return !contains(not_senders, sender) && (!senders || contains(*senders, sender));
}

bool EventFilter::passes_room(std::string_view room_id) const {
    return !contains(not_rooms, room_id) && (!rooms || contains(*rooms, room_id));
}

bool EventFilter::passes(std::string_view type, std::string_view sender, std::string_view room_id,
                         bool has_url) const {
    return passes_type(type) && passes_sender(sender) && passes_room(named_room(type, room_id)) &&
           (!contains_url || *contains_url == has_url);
}

SyncFilter SyncFilter::from(const Json& definition, std::int64_t highest_limit) {
    SyncFilter filter;
    const Json& room = part(definition, "room");
    filter.room = EventFilter::from(room);
    filter.timeline = EventFilter::from(part(room, "timeline"));
    filter.state = EventFilter::from(part(room, "state"));
    filter.ephemeral = EventFilter::from(part(room, "ephemeral"));
    filter.room_account_data = EventFilter::from(part(room, "account_data"));
    for (auto* one :
         {&filter.timeline, &filter.state, &filter.ephemeral, &filter.room_account_data}) {
        one->narrow_rooms(filter.room);
    }
    filter.account_data = EventFilter::from(part(definition, "account_data"));
    filter.presence = EventFilter::from(part(definition, "presence"));
    filter.include_leave = flag(room, "include_leave");
    const auto* format = find_string(definition, "event_format");
    filter.federation_format = format != nullptr && *format == "federation";
    filter.event_fields =
        string_list(definition, "event_fields").value_or(std::vector<std::string>());
    if (const auto* limit = find_member(part(room, "timeline"), "limit");
        limit != nullptr && limit->is_number_float()) {
        throw MatrixError::invalid_param("limit must be an integer");
    }
    if (filter.timeline.limit < 0) {
        throw MatrixError::invalid_param("limit must not be negative");
    }
    if (highest_limit >= 0) filter.timeline.limit = std::min(filter.timeline.limit, highest_limit);
    return filter;
}

}  // namespace aksono::sync
