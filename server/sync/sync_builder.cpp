// SPDX-License-Identifier: Apache-2.0
#include "sync/sync_builder.h"

#include "storage/memberships.h"
#include "storage/timeline.h"
#include "sync/room_plan.h"
#include "sync/room_states.h"
#include "sync/room_timelines.h"

#include <algorithm>

namespace aksono::sync {

namespace {

std::vector<SyncRoom*> pointers(std::vector<SyncRoom>& rooms) {
    std::vector<SyncRoom*> list;
    list.reserve(rooms.size());
    for (auto& room : rooms)
        list.push_back(&room);
    return list;
}

std::vector<SyncRoom*> joined_of(const std::vector<SyncRoom*>& rooms) {
    std::vector<SyncRoom*> list;
    std::copy_if(rooms.begin(), rooms.end(), std::back_inserter(list),
                 [](const auto* room) { return room->joined; });
    return list;
}

}  // namespace

SyncBuilder::SyncBuilder(pg::Transaction& tx, storage::EventReader& reader,
                         const SyncRequest& request, const SyncSources& sources, StreamToken now,
                         std::size_t token_width)
    : tx_(tx),
      reader_(reader),
      request_(request),
      sources_(sources),
      now_(std::move(now)),
      token_width_(token_width) {
    view_.format =
        request.filter.federation_format ? EventFormat::federation : EventFormat::without_room_id;
    view_.now = now_ms();
    view_.user = request.user;
    view_.device_id = request.device_id;
    view_.token_id = request.token_id;
    view_.event_fields = request.filter.event_fields;
}

void SyncBuilder::build(ToldMembers* told) {
    told_ = told;
    ignored_ = storage::ignored_by(tx_, request_.user);
    const RoomPlan plan(request_, ignored_, sources_.hidden_rooms, now_.events.at.stream);
    rooms_ = request_.since ? plan.incremental(tx_) : plan.initial(tx_);
    for (auto& room : rooms_.joined) {
        room.full_state = request_.full_state;
        all_joined_.push_back(room.room_id);
    }
    for (auto& room : rooms_.left)
        room.full_state = request_.full_state;
    load_rooms();
    load_pending();
    load_presence();
    devices_ = device_part(tx_, request_, now_, rooms_);
    now_.set(StreamToken::to_device, devices_.to_device_reached);
}

void SyncBuilder::build_nothing_new() {
    if (!request_.device_id) return;
    devices_.keys = storage::device_key_counts(tx_, request_.user, *request_.device_id);
}

/// Rooms in which no event can be news need no timeline.
void SyncBuilder::load_rooms() {
    std::vector<std::string> candidates;
    for (const auto& room : rooms_.joined) {
        if (room.since) candidates.push_back(room.room_id);
    }
    const auto active = storage::rooms_with_events(
        tx_, candidates, request_.since ? request_.since->events.at.stream : 0,
        now_.events.at.stream);
    const std::unordered_set<std::string> with_news(active.begin(), active.end());
    std::vector<SyncRoom*> with_events = pointers(rooms_.left);
    for (auto& room : rooms_.joined) {
        room.quiet = room.since && !with_news.contains(room.room_id);
        if (!room.quiet || room.full_state) with_events.push_back(&room);
    }
    const auto& filter = request_.filter.timeline;
    std::vector<SyncRoom*> with_timeline;
    for (auto* room : with_events) {
        room->prev_batch = EventPosition::live(room->until);
        room->limited = !room->quiet && !filter.blocks_all();
        const bool is_news = room->joined && room->since && !room->quiet;
        if (is_news || (!room->quiet && !filter.blocks_all() && filter.limit > 0)) {
            with_timeline.push_back(room);
        }
    }
    // Pages go back from where the client stands.
    for (auto& room : rooms_.joined) {
        if (room.quiet) room.prev_batch = EventPosition::live(std::min(*room.since, room.until));
    }
    RoomTimelines timelines(tx_, reader_, filter,
                            Viewer{request_.user, ignored_, false, nullptr, sources_.retention});
    timelines.load(with_timeline);
    extras_.membership = timelines.memberships();
    RoomStates(tx_, reader_, request_.filter, request_.user).load(with_events);
    mark_own_changes(with_events);
    if (told_ != nullptr) told_->omit_known(with_events, token_since(), now_.events.at.stream);

    auto everywhere = pointers(rooms_.joined);
    RoomExtras extras(tx_, request_, sources_, now_);
    extras.ephemeral(everywhere);
    for (auto& room : rooms_.left)
        everywhere.push_back(&room);
    global_account_data_ = extras.account_data(everywhere);
    std::erase_if(rooms_.joined, [](const auto& room) { return room.empty(); });
    std::erase_if(rooms_.left, [](const auto& room) { return room.empty(); });
    const auto shown = joined_of(pointers(rooms_.joined));
    extras.unread(shown);
    extras.summaries(shown);
    add_heroes(shown);
}

/// The user's own changes of membership were looked at, as if for a timeline, to know which rooms
/// there are.
void SyncBuilder::mark_own_changes(const std::vector<SyncRoom*>& rooms) const {
    if (!request_.since) return;
    for (const auto* room : rooms) {
        for (const auto& event : room->state) {
            const bool own = event->type == "m.room.member" && event->state_key == request_.user;
            if (own && event->stream_ordering > *token_since()) event->in_timeline.set();
        }
    }
}

/// Who loads members lazily is shown the heroes that a room is named after.
void SyncBuilder::add_heroes(const std::vector<SyncRoom*>& rooms) {
    std::vector<std::string> ids;
    for (auto* room : rooms) {
        if (!room->summary) continue;
        const auto& heroes = room->summary->hero_events;
        ids.insert(ids.end(), heroes.begin(), heroes.end());
    }
    if (ids.empty()) return;
    const auto loaded = reader_.load(tx_, ids);
    for (auto* room : rooms) {
        if (!room->summary) continue;
        std::unordered_set<std::string> known;
        for (const auto* list : {&room->state, &room->timeline}) {
            for (const auto& event : *list) {
                if (event->type == "m.room.member") known.insert(event->state_key.value_or(""));
            }
        }
        for (const auto& id : room->summary->hero_events) {
            const auto it = loaded.find(id);
            if (it == loaded.end() || known.contains(it->second->state_key.value_or(""))) continue;
            if (told_ != nullptr) {
                const auto since = token_since();
                if (since && told_->knows(*it->second, *since)) continue;
                told_->add(*it->second, now_.events.at.stream);
            }
            room->state.push_back(it->second);
        }
    }
}

void SyncBuilder::load_pending() {
    std::vector<std::string> ids;
    for (const auto& room : rooms_.invited)
        ids.push_back(room.event_id);
    for (const auto& room : rooms_.knocked)
        ids.push_back(room.event_id);
    if (!ids.empty()) pending_events_ = reader_.load(tx_, ids);
    std::vector<storage::EventPtr> all;
    std::vector<storage::EventPtr> aggregated;
    for (const auto* list : {&rooms_.joined, &rooms_.left}) {
        for (const auto& room : *list) {
            all.insert(all.end(), room.timeline.begin(), room.timeline.end());
            all.insert(all.end(), room.state.begin(), room.state.end());
            // Without a gap the client has all that relates to these events, or is sent it.
            if (!room.limited) continue;
            aggregated.insert(aggregated.end(), room.timeline.begin(), room.timeline.end());
        }
    }
    extras_.load(tx_, reader_, all, aggregated, request_.user);
}

/// With presence switched off nobody is online: so those are told whose token is from before.
void SyncBuilder::load_presence() {
    const auto& filter = request_.filter.presence;
    const auto reached = now_.at(StreamToken::presence);
    if (!request_.since || request_.since->at(StreamToken::presence) >= reached) return;
    if (filter.blocks_all() || !filter.passes_type("m.presence")) return;
    auto users = storage::joined_members(tx_, all_joined_);
    users.insert(request_.user);
    if (request_.full_state) users.erase(request_.user);
    for (const auto& user : users) {
        if (!filter.passes_sender(user)) continue;
        const Json event{
            {"type", "m.presence"}, {"sender", user}, {"content", {{"presence", "offline"}}}};
        presence_.push_back(dump_json(event));
    }
}

std::optional<std::int64_t> SyncBuilder::token_since() const {
    return request_.since ? std::optional(request_.since->events.at.stream) : std::nullopt;
}

bool SyncBuilder::has_news() const {
    return !presence_.empty() || !rooms_.joined.empty() || !rooms_.left.empty() ||
           !rooms_.invited.empty() || !rooms_.knocked.empty() || !global_account_data_.empty() ||
           devices_.has_news();
}

std::vector<std::string> SyncBuilder::joined_rooms() const {
    return all_joined_;
}

}  // namespace aksono::sync
