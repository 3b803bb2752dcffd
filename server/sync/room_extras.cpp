// SPDX-License-Identifier: Apache-2.0
#include "sync/room_extras.h"

#include "base/json_scan.h"
#include "storage/account_data_reader.h"
#include "storage/receipts.h"
#include "storage/state_reader.h"

#include <algorithm>
#include <map>
#include <unordered_map>

namespace aksono::sync {

namespace {

constexpr int kHeroes = 5;
constexpr std::string_view kNoTags = R"({"tags":{}})";

std::string event_text(const std::string& type, std::string_view content) {
    std::string out = "{\"type\":";
    append_json_string(out, type);
    out += ",\"content\":";
    out += content;
    out += '}';
    return out;
}

std::unordered_map<std::string, SyncRoom*> by_id(const std::vector<SyncRoom*>& rooms) {
    std::unordered_map<std::string, SyncRoom*> map;
    for (auto* room : rooms)
        map.emplace(room->room_id, room);
    return map;
}

std::vector<std::string> ids_of(const std::vector<SyncRoom*>& rooms) {
    std::vector<std::string> ids;
    ids.reserve(rooms.size());
    for (const auto* room : rooms)
        ids.push_back(room->room_id);
    return ids;
}

std::vector<RoomId> typed_ids(const std::vector<SyncRoom*>& rooms) {
    std::vector<RoomId> ids;
    ids.reserve(rooms.size());
    for (const auto* room : rooms)
        ids.push_back(RoomId::trusted(room->room_id));
    return ids;
}

/// Of two receipts at one event the later stands, but never over one that is for all threads.
void add_receipt(Json& by_user, const storage::Receipt& receipt) {
    const auto* shown = find_member(by_user, receipt.user.str());
    if (shown != nullptr && receipt.thread_id && !shown->contains("thread_id")) return;
    auto data = parse_json(receipt.data);
    Json value = data && data->is_object() ? std::move(*data) : Json::object();
    if (receipt.thread_id) value["thread_id"] = *receipt.thread_id;
    by_user[receipt.user.str()] = std::move(value);
}

/// A hero is somebody else who is in the room, or was.
bool is_hero(const storage::RoomMember& member, bool gone) {
    return gone == (member.membership == "leave" || member.membership == "ban");
}

}  // namespace

bool RoomExtras::moved(StreamToken::Field field) const {
    return !request_.since || request_.full_state || request_.since->at(field) != now_.at(field);
}

std::vector<std::string> RoomExtras::account_data(const std::vector<SyncRoom*>& rooms) {
    std::vector<std::string> global;
    const auto& filter = request_.filter;
    const auto map = by_id(rooms);
    const auto room_of = [&](const std::string& id) -> SyncRoom* {
        const auto it = map.find(id);
        return it == map.end() ? nullptr : it->second;
    };
    const bool everything = !request_.since || request_.full_state;
    if (moved(StreamToken::account_data)) {
        const auto after = everything
                               ? std::nullopt
                               : std::optional(request_.since->at(StreamToken::account_data));
        for (const auto& datum : storage::account_data(tx_, request_.user, after)) {
            const auto& part =
                datum.room_id.empty() ? filter.account_data : filter.room_account_data;
            if (part.blocks_all() || !part.passes_type(datum.type)) continue;
            if (datum.room_id.empty()) {
                global.push_back(event_text(datum.type, datum.content));
            } else if (auto* room = room_of(datum.room_id); room && part.passes_room("")) {
                room->account_data.push_back(event_text(datum.type, datum.content));
            }
        }
        const auto& part = filter.room_account_data;
        if (!part.blocks_all() && part.passes_type("m.tag")) {
            for (const auto& [room_id, content] : storage::tags(tx_, request_.user, after)) {
                auto* room = room_of(room_id);
                if (room == nullptr || !part.passes_room("")) continue;
                // That the last tag is gone is news only to who has seen it.
                if (!room->since && content == kNoTags) continue;
                room->account_data.push_back(event_text("m.tag", content));
            }
        }
    }
    const bool rules_wanted =
        !filter.account_data.blocks_all() && filter.account_data.passes_type("m.push_rules");
    if (rules_wanted && moved(StreamToken::push_rules) && sources_.push_rules &&
        (everything || storage::push_rules_changed(tx_, request_.user,
                                                   request_.since->at(StreamToken::push_rules)))) {
        global.push_back(event_text(
            "m.push_rules", dump_json(sources_.push_rules(tx_, UserId::trusted(request_.user)))));
    }
    return global;
}

void RoomExtras::receipts_between(const std::unordered_map<std::string, SyncRoom*>& rooms,
                                  std::int64_t after) {
    std::vector<RoomId> ids;
    for (const auto& [id, room] : rooms)
        ids.push_back(RoomId::trusted(id));
    std::map<std::string, Json> contents;
    for (const auto& receipt : storage::receipts_since(
             tx_, ids, after, now_.at(StreamToken::receipts), UserId::trusted(request_.user))) {
        Json& by_user = contents[receipt.room.str()][receipt.event.str()][receipt.type];
        add_receipt(by_user, receipt);
    }
    for (const auto& [room_id, content] : contents) {
        rooms.at(room_id)->ephemeral.push_back(event_text("m.receipt", dump_json(content)));
    }
}

void RoomExtras::receipts(const std::vector<SyncRoom*>& rooms) {
    // Of rooms that are new to a client that has a token as well only what is newer.
    if (rooms.empty() || !moved(StreamToken::receipts)) return;
    receipts_between(by_id(rooms), request_.since ? request_.since->at(StreamToken::receipts) : 0);
}

void RoomExtras::typing(const std::vector<SyncRoom*>& rooms) {
    if (sources_.typing == nullptr) return;
    // A token that is ahead of the stream is of another process: everything is news then.
    const std::int64_t reached = now_.at(StreamToken::typing);
    std::int64_t after = request_.since ? request_.since->at(StreamToken::typing) : 0;
    if (after > reached) after = 0;
    if (after == reached && request_.since) return;
    for (auto* room : rooms) {
        const auto typists = sources_.typing->typing_since(RoomId::trusted(room->room_id), after);
        if (!typists) continue;
        Json users = Json::array();
        for (const auto& user : *typists) {
            users.push_back(user.str());
        }
        room->ephemeral.push_back(
            event_text("m.typing", dump_json(Json{{"user_ids", std::move(users)}})));
    }
}

void RoomExtras::ephemeral(const std::vector<SyncRoom*>& rooms) {
    const auto& filter = request_.filter.ephemeral;
    if (filter.blocks_all()) return;
    std::vector<SyncRoom*> wanted;
    for (auto* room : rooms) {
        if (filter.passes_room(room->room_id)) wanted.push_back(room);
    }
    if (filter.passes_type("m.typing")) typing(wanted);
    if (filter.passes_type("m.receipt")) receipts(wanted);
}

void RoomExtras::unread(const std::vector<SyncRoom*>& rooms) {
    if (rooms.empty() || !sources_.push_enabled) return;
    auto counts = storage::unread_counts(tx_, UserId::trusted(request_.user), typed_ids(rooms));
    for (auto* room : rooms) {
        const auto it = counts.find(RoomId::trusted(room->room_id));
        if (it != counts.end()) room->unread = std::move(it->second);
    }
}

void RoomExtras::summaries(const std::vector<SyncRoom*>& rooms) {
    if (!request_.filter.state.lazy_load_members) return;
    std::vector<SyncRoom*> wanted;
    for (auto* room : rooms) {
        const bool members_changed =
            std::any_of(room->timeline.begin(), room->timeline.end(),
                        [](const auto& event) { return event->type == "m.room.member"; });
        const bool is_new = !room->since || room->full_state;
        if (is_new || room->limited || members_changed) wanted.push_back(room);
    }
    if (wanted.empty()) return;
    const auto ids = ids_of(wanted);
    const auto counts = storage::member_counts(tx_, ids);
    const auto named = storage::named_rooms(tx_, ids);
    std::unordered_map<std::string, std::vector<storage::RoomMember>> members;
    for (auto& member : storage::first_members(tx_, ids, request_.user, kHeroes)) {
        members[member.room_id].push_back(std::move(member));
    }
    for (auto* room : wanted) {
        RoomSummary summary;
        if (const auto it = counts.find(room->room_id); it != counts.end()) {
            summary.joined = it->second.joined;
            summary.invited = it->second.invited;
        }
        if (!named.contains(room->room_id)) {
            auto& heroes = summary.heroes.emplace();
            const auto& all = members[room->room_id];
            for (const bool gone : {false, true}) {
                for (const auto& member : all) {
                    if (!is_hero(member, gone)) continue;
                    heroes.push_back(member.user_id);
                    summary.hero_events.push_back(member.event_id);
                }
                if (!heroes.empty()) break;
            }
        }
        room->summary = std::move(summary);
    }
}

}  // namespace aksono::sync
