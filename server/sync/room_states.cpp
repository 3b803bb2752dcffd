// SPDX-License-Identifier: Apache-2.0
#include "sync/room_states.h"

#include "storage/timeline.h"

#include <algorithm>

namespace aksono::sync {

using storage::StateFilter;
using storage::StateKey;
using storage::StateMap;

namespace {

constexpr std::string_view kMember = "m.room.member";

const StateMap& state_of(const std::unordered_map<std::int64_t, StateMap>& states,
                         const std::optional<std::int64_t>& group) {
    static const StateMap kNone;
    if (!group) return kNone;
    const auto it = states.find(*group);
    return it == states.end() ? kNone : it->second;
}

}  // namespace

std::vector<RoomStates::Wanted> RoomStates::choose(const std::vector<SyncRoom*>& rooms) const {
    std::vector<Wanted> list;
    if (filter_.state.blocks_all()) return list;
    for (auto* room : rooms) {
        Wanted wanted;
        wanted.room = room;
        wanted.whole = !room->since || room->full_state;
        wanted.lazy = filter_.state.lazy_load_members;
        wanted.everyone = !room->joined;
        wanted.only_members = !wanted.whole && !room->limited && !room->lost_state;
        if (wanted.only_members && (!wanted.lazy || room->timeline.empty())) continue;
        if (wanted.lazy) {
            for (const auto& event : room->timeline) {
                wanted.members.insert(event->sender);
            }
            // One must know that one is in the room.
            if (wanted.whole) wanted.members.insert(user_);
        }
        list.push_back(std::move(wanted));
    }
    return list;
}

void RoomStates::find_groups(std::vector<Wanted>& wanted) {
    // At the end of the stretch, where the timeline came by nothing that told.
    std::vector<storage::RoomRange> ends;
    std::vector<storage::RoomRange> starts;
    for (const auto& one : wanted) {
        const auto& room = *one.room;
        if (!room.last_group) ends.push_back({room.room_id, 0, room.until});
        if (!one.whole && !one.only_members) starts.push_back({room.room_id, 0, *room.since});
    }
    const auto last = storage::last_events(tx_, ends);
    const auto known = storage::last_events(tx_, starts);
    for (auto& one : wanted) {
        auto& room = *one.room;
        if (!room.last_group) {
            if (const auto it = last.find(room.room_id); it != last.end()) {
                room.last_group = it->second.state_group;
            }
        }
        if (!room.first_group) room.first_group = room.last_group;
        if (one.whole || one.only_members) continue;
        if (const auto it = known.find(room.room_id); it != known.end()) {
            one.known_group = it->second.state_group;
        }
    }
}

StateFilter RoomStates::database_filter(const std::vector<Wanted>& wanted, bool few_members) const {
    const auto& types = filter_.state.types;
    const bool plain = types && std::none_of(types->begin(), types->end(),
                                             [](const auto& type) { return type.ends_with('*'); });
    if (plain) {
        std::vector<std::pair<std::string, std::optional<std::string>>> keys;
        for (const auto& type : *types)
            keys.emplace_back(type, std::nullopt);
        return StateFilter::only(keys);
    }
    if (!few_members) return StateFilter::all();
    std::set<std::string> members;
    for (const auto& one : wanted) {
        if (one.few_members()) members.insert(one.members.begin(), one.members.end());
    }
    return StateFilter::without_members_but({members.begin(), members.end()});
}

bool RoomStates::keep(const Wanted& wanted, const StateKey& key) const {
    if (!filter_.state.passes_type(key.first)) return false;
    if (key.first != kMember) return !wanted.only_members;
    return !wanted.few_members() || wanted.members.contains(key.second);
}

/// Who loads members lazily is told by a timeline that begins with an invitation, or the like, of
/// this member before anything that the member has sent.
std::optional<std::string> RoomStates::member_of_another(const Wanted& wanted) const {
    if (!wanted.lazy || wanted.room->timeline.empty()) return std::nullopt;
    const auto& first = *wanted.room->timeline.front();
    if (first.type != kMember || first.state_key == first.sender) return std::nullopt;
    if (wanted.whole && first.state_key == user_) return std::nullopt;
    return first.id;
}

/// Events that need not be told: the timeline shows them, or the client knows them.
std::unordered_set<std::string> RoomStates::told(const Wanted& wanted, const States& states) const {
    // Of several changes of one thing in the timeline only the last is certain to be what it shows.
    StateMap last_in_timeline;
    std::unordered_set<std::string> ids;
    for (const auto& event : wanted.room->timeline) {
        if (!event->is_state()) continue;
        last_in_timeline[{event->type, *event->state_key}] = event->id;
    }
    if (const auto first = member_of_another(wanted)) ids.insert(*first);
    for (const auto& [key, id] : last_in_timeline)
        ids.insert(id);
    for (const auto& [key, id] : state_of(states, wanted.known_group)) {
        // Who loads members lazily may not have been told of this one yet.
        const bool maybe_untold =
            wanted.lazy && key.first == kMember && wanted.wants_member(key.second);
        if (!maybe_untold) ids.insert(id);
    }
    return ids;
}

void RoomStates::pick(Wanted& wanted, const States& states) const {
    const auto& room = *wanted.room;
    // What was so before the timeline; changes that the timeline does not show stand over it.
    StateMap result;
    for (const auto& [key, id] : state_of(states, room.first_group)) {
        if (keep(wanted, key)) result[key] = id;
    }
    std::unordered_set<std::string> seen;
    if (wanted.only_members) {
        if (const auto first = member_of_another(wanted)) seen.insert(*first);
    } else {
        seen = told(wanted, states);
        for (const auto& [key, id] : state_of(states, room.last_group)) {
            if (keep(wanted, key) && !seen.contains(id)) result[key] = id;
        }
    }
    for (const auto& [key, id] : result) {
        if (!seen.contains(id)) wanted.ids.push_back(id);
    }
}

/// The states that `pick` compares: all of them, or but a few of their memberships.
RoomStates::States RoomStates::load_states(const std::vector<Wanted>& wanted) const {
    States states;
    for (const bool few_members : {false, true}) {
        std::set<std::int64_t> groups;
        for (const auto& one : wanted) {
            if (one.few_members() != few_members) continue;
            for (const auto& group :
                 {one.room->first_group, one.room->last_group, one.known_group}) {
                if (group) groups.insert(*group);
            }
        }
        if (groups.empty()) continue;
        states.merge(storage::state_of_groups(tx_, {groups.begin(), groups.end()},
                                              database_filter(wanted, few_members)));
    }
    return states;
}

void RoomStates::load(const std::vector<SyncRoom*>& rooms) {
    auto wanted = choose(rooms);
    if (wanted.empty()) return;
    find_groups(wanted);
    const auto states = load_states(wanted);
    std::vector<std::string> ids;
    for (auto& one : wanted) {
        pick(one, states);
        ids.insert(ids.end(), one.ids.begin(), one.ids.end());
    }
    const auto events = reader_.load(tx_, ids);
    for (auto& one : wanted) {
        for (const auto& id : one.ids) {
            const auto it = events.find(id);
            if (it == events.end()) continue;
            const auto& event = *it->second;
            if (!filter_.state.passes(event.type, event.sender, event.room_id,
                                      event.contains_url)) {
                continue;
            }
            one.room->state.push_back(it->second);
        }
    }
}

}  // namespace aksono::sync
