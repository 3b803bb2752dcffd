// SPDX-License-Identifier: Apache-2.0
#include "sync/room_timelines.h"

#include "storage/state_reader.h"

#include <algorithm>
#include <limits>
#include <unordered_set>

namespace aksono::sync {

using storage::EventRow;

namespace {

constexpr int kPasses = 5;
constexpr std::int64_t kSmallestChunk = 10;

std::int64_t start_of(const SyncRoom& room) {
    return room.since.value_or(std::numeric_limits<std::int64_t>::min());
}

/// A joined room of which only what is newer than the client's token is told.
bool is_news(const SyncRoom& room) {
    return room.joined && room.since;
}

}  // namespace

void RoomTimelines::load(const std::vector<SyncRoom*>& rooms) {
    std::vector<Progress> all(rooms.size());
    std::vector<Progress*> news;
    std::vector<Progress*> whole;
    for (std::size_t i = 0; i < rooms.size(); ++i) {
        all[i].room = rooms[i];
        all[i].until = rooms[i]->until;
        (is_news(*rooms[i]) ? news : whole).push_back(&all[i]);
    }
    // As many are looked at as Synapse looks at, for whether a timeline is limited depends on it.
    // Of a whole room in two steps: mostly nothing is hidden, and as many events as are wanted say
    // all.
    const std::int64_t chunk = std::max(filter_.limit * 2, kSmallestChunk);
    const std::int64_t enough = filter_.limit + 1;
    load(std::move(news), enough, chunk, chunk);
    load(std::move(whole), enough, chunk - enough, chunk);
    for (auto& progress : all)
        finish(progress);
}

void RoomTimelines::load(std::vector<Progress*> open, std::int64_t first, std::int64_t second,
                         std::int64_t further) {
    for (int pass = 0; pass <= kPasses && !open.empty(); ++pass) {
        read_rows(open, pass == 0 ? first : pass == 1 ? second : further);
        take_events(open, pass == 0);
        std::erase_if(open,
                      [&](const auto* progress) { return !needs_more(*progress, pass == 0); });
    }
}

void RoomTimelines::read_rows(std::vector<Progress*>& rooms, std::int64_t count) {
    std::vector<storage::RoomRange> ranges;
    std::unordered_map<std::string, Progress*> by_room;
    for (auto* progress : rooms) {
        progress->rows.clear();
        progress->exhausted = true;
        ranges.push_back({progress->room->room_id, start_of(*progress->room), progress->until,
                          progress->room->since ? std::nullopt : std::optional(progress->before)});
        by_room.emplace(progress->room->room_id, progress);
    }
    for (auto& row : storage::recent_events(tx_, ranges, count + 1)) {
        auto& progress = *by_room.at(row.room_id);
        if (static_cast<std::int64_t>(progress.rows.size()) == count) {
            progress.exhausted = false;
            continue;
        }
        if (row.state_group) groups_.emplace(row.event_id, *row.state_group);
        if (!progress.room->last_group) progress.room->last_group = row.state_group;
        if (row.is_state) progress.state_ids.push_back(row.event_id);
        // New rooms are read by depth, what is news in the order of its coming.
        if (progress.room->since) progress.until = row.stream_ordering - 1;
        progress.before = {row.topological_ordering, row.stream_ordering};
        progress.rows.push_back(std::move(row));
    }
}

void RoomTimelines::note_rows(Progress& progress, const storage::EventMap& loaded,
                              bool first) const {
    for (const auto& row : progress.rows) {
        const bool wanted = filter_.passes(row.type, row.sender, row.room_id, row.contains_url);
        if (wanted && !loaded.contains(row.event_id)) {
            ++progress.dropped;
        } else if (first) {
            progress.start = row.stream_ordering - 1;
        }
    }
}

void RoomTimelines::take_events(std::vector<Progress*>& rooms, bool first) {
    std::vector<std::string> ids;
    for (const auto* progress : rooms) {
        for (const auto& row : progress->rows) {
            if (filter_.passes(row.type, row.sender, row.room_id, row.contains_url)) {
                ids.push_back(row.event_id);
            }
        }
    }
    const auto loaded = reader_.load(tx_, ids);
    storage::mark_in_timeline(loaded);
    for (auto* progress : rooms)
        note_rows(*progress, loaded, first);
    if (filter_.blocks_all()) return;
    std::vector<storage::EventPtr> events;
    for (const auto& [id, event] : loaded)
        events.push_back(event);
    // What is the room's present state is shown, as it would be beside the timeline.
    std::vector<std::string> state_ids;
    for (const auto& event : events) {
        if (event->is_state()) state_ids.push_back(event->id);
    }
    const auto always = storage::current_among(tx_, state_ids);
    viewer_.always = &always;
    const auto visible = judge_visibility(tx_, reader_, viewer_, events, groups_);
    viewer_.always = nullptr;
    memberships_.insert(visible.membership.begin(), visible.membership.end());
    for (auto* progress : rooms) {
        std::vector<storage::EventPtr> older;
        for (auto row = progress->rows.rbegin(); row != progress->rows.rend(); ++row) {
            if (const auto it = loaded.find(row->event_id); it != loaded.end()) {
                older.push_back(it->second);
            }
        }
        keep_visible(visible, older);
        auto& timeline = progress->room->timeline;
        timeline.insert(timeline.begin(), older.begin(), older.end());
    }
}

bool RoomTimelines::needs_more(const Progress& progress, bool first) const {
    const auto size = static_cast<std::int64_t>(progress.room->timeline.size());
    const bool blocked = filter_.blocks_all();
    progress.room->limited = !progress.exhausted && !blocked;
    if (blocked || progress.exhausted) return false;
    // Of news no more is looked at when, without redactions of nothing, it is no more than is
    // wanted.
    if (first && is_news(*progress.room) && progress.dropped > 0) return false;
    return size < filter_.limit + (first && !is_news(*progress.room) ? 1 : 0);
}

void RoomTimelines::finish(Progress& progress) const {
    auto& room = *progress.room;
    auto& timeline = room.timeline;
    const bool cut = static_cast<std::int64_t>(timeline.size()) > filter_.limit;
    // With a limit of none Synapse shows the one event of news that tells that there is more.
    if (cut && filter_.limit > 0) {
        timeline.erase(timeline.begin(), timeline.end() - filter_.limit);
    }
    if (cut || room.newly_joined) room.limited = true;
    // A timeline that was not cut goes back from the first of the events that were looked at first;
    // in a room that was joined since, from the first event that is news; of a room that was left,
    // or that is new with the first answer, from the end of what there is.
    std::int64_t before = room.joined ? room.token_since.value_or(room.until) : room.until;
    if (cut) {
        before = timeline.front()->stream_ordering - 1;
    } else if (is_news(room)) {
        before = progress.start.value_or(before);
    } else if (room.joined && room.token_since) {
        const auto first = std::find_if(timeline.begin(), timeline.end(), [&](const auto& event) {
            return event->stream_ordering > *room.token_since;
        });
        if (first != timeline.end()) before = (*first)->stream_ordering - 1;
    }
    room.prev_batch = EventPosition::live(before);
    if (!timeline.empty()) {
        const auto group = groups_.find(timeline.front()->id);
        if (group != groups_.end()) room.first_group = group->second;
    }
    std::unordered_set<std::string> shown;
    for (const auto& event : timeline)
        shown.insert(event->id);
    // Where redactions of nothing are left out Synapse looks for state changes that got lost, too.
    room.lost_state =
        progress.dropped > 0 || std::any_of(progress.state_ids.begin(), progress.state_ids.end(),
                                            [&](const auto& id) { return !shown.contains(id); });
    room.lost_state = room.lost_state && !filter_.blocks_all();
}

}  // namespace aksono::sync
