// SPDX-License-Identifier: Apache-2.0
#include "sync/room_reader.h"

#include "base/json_scan.h"
#include "base/matrix_error.h"
#include "storage/timeline.h"
#include "sync/reached_rooms.h"
#include "sync/token_reader.h"
#include "sync/visibility.h"

#include <set>

namespace aksono::sync {

using storage::EventPtr;
using storage::StateFilter;

namespace {

constexpr const char* kNoEvent = "Event not found.";

void append_optional(std::string& out, const char* key, const std::optional<std::string>& value) {
    out += '"';
    out += key;
    out += "\":";
    if (value) {
        append_json_string(out, *value);
    } else {
        out += "null";
    }
}

}  // namespace

EventView RoomReader::view_for(const Requester& requester, EventFormat format) const {
    EventView view;
    view.format = format;
    view.now = now_ms();
    view.user = requester.user.str();
    view.device_id = requester.device_id;
    view.token_id = requester.access_token_id;
    return view;
}

std::vector<EventPtr> RoomReader::load_in_order(pg::Transaction& tx,
                                                const storage::StateMap& state) {
    std::vector<std::string> ids;
    for (const auto& [key, id] : state)
        ids.push_back(id);
    const auto loaded = reader_.load(tx, ids);
    std::vector<EventPtr> events;
    for (const auto& id : ids) {
        if (const auto it = loaded.find(id); it != loaded.end()) events.push_back(it->second);
    }
    return events;
}

void RoomReader::judge(pg::Transaction& tx, const Requester& requester, bool peeking,
                       Shown& shown) {
    std::vector<std::string> ids;
    for (const auto& event : shown.events)
        ids.push_back(event->id);
    const auto groups = storage::state_groups_of_events(tx, ids);
    const Viewer viewer{requester.user.str(), storage::ignored_by(tx, requester.user.str()),
                        peeking, nullptr, retention_};
    auto visible = judge_visibility(tx, reader_, viewer, shown.events, groups);
    keep_visible(visible, shown.events);
    shown.extras.membership = std::move(visible.membership);
}

std::string RoomReader::list_text(pg::Transaction& tx, const Requester& requester,
                                  const std::vector<EventPtr>& events) {
    EventExtras extras;
    extras.load(tx, reader_, events, {}, requester.user.str());
    const auto view = view_for(requester, EventFormat::legacy);
    std::string out;
    EventSerializer(view, extras).append_list(out, events, Show::alone);
    return out;
}

std::string RoomReader::state(Waiter& waiter, const Requester& requester, const RoomId& room) {
    return database_.read(waiter, "room_state", [&](pg::Transaction& tx) {
        const auto access = require_room_access(tx, reader_, requester.user, room);
        const auto state = readable_state(tx, access, room, StateFilter::all());
        return list_text(tx, requester, load_in_order(tx, state));
    });
}

std::string RoomReader::state_event(Waiter& waiter, const Requester& requester, const RoomId& room,
                                    const std::string& type, const std::string& key, bool whole) {
    return database_.read(waiter, "room_state_event", [&](pg::Transaction& tx) {
        const auto access = require_room_access(tx, reader_, requester.user, room);
        const auto state = readable_state(tx, access, room, StateFilter::only({{type, key}}));
        const auto event = state.empty() ? nullptr : reader_.load_one(tx, state.begin()->second);
        if (event == nullptr) throw MatrixError::not_found(kNoEvent);
        if (!whole) return std::string(event->content_text());
        EventExtras extras;
        extras.load(tx, reader_, {event}, {}, requester.user.str());
        const auto view = view_for(requester, EventFormat::with_room_id);
        return EventSerializer(view, extras).text(*event, Show::alone);
    });
}

/// At a token nobody needs to be in the room who could see what happened there then.
storage::StateMap RoomReader::members_at(pg::Transaction& tx, const Requester& requester,
                                         const RoomId& room, const StreamToken& at,
                                         const std::string& text) {
    const ReachedRooms reached(tx, at.events.at);
    const auto last = storage::last_events(tx, {{room.str(), 0, reached.of(room.str())}});
    const auto it = last.find(room.str());
    if (it == last.end()) throw MatrixError::not_found("Can't find event for token " + text);
    const auto membership = storage::membership_in_room(tx, requester.user.str(), room.str());
    Shown seen;
    if (auto event = reader_.load_one(tx, it->second.event_id)) seen.events = {std::move(event)};
    judge(tx, requester, !membership || membership->membership != "join", seen);
    if (seen.events.empty()) {
        throw MatrixError::forbidden("User " + requester.user.str() +
                                     " not allowed to view events in room " + room.str() +
                                     " at token " + text);
    }
    if (!it->second.state_group) return {};
    auto states = storage::state_of_groups(tx, {*it->second.state_group},
                                           StateFilter::only({{"m.room.member", std::nullopt}}));
    return std::move(states[*it->second.state_group]);
}

std::string RoomReader::members(Waiter& waiter, const Requester& requester, const RoomId& room,
                                const MembersRequest& request) {
    std::optional<StreamToken> at;
    if (request.at) {
        at = read_token(waiter, database_, *request.at);
        if (!at) throw MatrixError::unknown(400, "Invalid stream token");
    }
    return database_.read(waiter, "room_members", [&](pg::Transaction& tx) {
        storage::StateMap state;
        if (at) {
            state = members_at(tx, requester, room, *at, *request.at);
        } else {
            const auto access = require_room_access(tx, reader_, requester.user, room);
            const auto filter = StateFilter::only({{"m.room.member", std::nullopt}});
            state = readable_state(tx, access, room, filter);
        }
        auto events = load_in_order(tx, state);
        std::erase_if(events, [&](const auto& event) {
            if (!request.membership && !request.not_membership) return false;
            const auto membership = event->membership();
            return (request.membership && membership != *request.membership) ||
                   (request.not_membership && membership == *request.not_membership);
        });
        return "{\"chunk\":" + list_text(tx, requester, events) + '}';
    });
}

std::string RoomReader::joined_members(Waiter& waiter, const Requester& requester,
                                       const RoomId& room) {
    return database_.read(waiter, "room_joined_members", [&](pg::Transaction& tx) {
        const auto access = require_room_access(tx, reader_, requester.user, room);
        if (access.as == RoomAccess::As::leaver) {
            throw MatrixError::forbidden(
                "Getting joined members while not being a current member of the room is "
                "forbidden.");
        }
        std::string out = "{\"joined\":{";
        for (const auto& member : storage::joined_profiles(tx, room.str())) {
            if (out.back() != '{') out += ',';
            append_json_string(out, member.user_id);
            out += ":{";
            append_optional(out, "display_name", member.display_name);
            out += ',';
            append_optional(out, "avatar_url", member.avatar_url);
            out += '}';
        }
        return out + "}}";
    });
}

std::string RoomReader::event(Waiter& waiter, const Requester& requester, const RoomId& room,
                              const std::string& event_id) {
    return database_.read(waiter, "room_event", [&](pg::Transaction& tx) {
        Shown shown;
        if (auto event = reader_.load_one(tx, event_id); event && event->room_id == room.str()) {
            shown.events.push_back(std::move(event));
        }
        const auto membership = storage::membership_in_room(tx, requester.user.str(), room.str());
        const bool joined = membership && membership->membership == "join";
        judge(tx, requester, !joined, shown);
        if (shown.events.empty()) throw MatrixError::not_found(kNoEvent);
        shown.extras.load(tx, reader_, shown.events, shown.events, requester.user.str());
        shown.view = view_for(requester, EventFormat::legacy);
        return EventSerializer(shown.view, shown.extras)
            .text(*shown.events.front(), Show::in_timeline);
    });
}

std::string RoomReader::joined_rooms(Waiter& waiter, const Requester& requester) {
    return database_.fetch(waiter, "joined_rooms", [&](pg::Transaction& tx) {
        std::string out = "{\"joined_rooms\":[";
        for (const auto& room : storage::rooms_of_user(tx, requester.user.str(), {"join"})) {
            if (out.back() != '[') out += ',';
            append_json_string(out, room.room_id);
        }
        return out + "]}";
    });
}

}  // namespace aksono::sync
