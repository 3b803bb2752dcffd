// SPDX-License-Identifier: Apache-2.0
#include "base/json_scan.h"
#include "base/matrix_error.h"
#include "storage/timeline.h"
#include "sync/reached_rooms.h"
#include "sync/room_reader.h"
#include "sync/token_reader.h"
#include "sync/visibility.h"

#include <algorithm>
#include <set>

namespace aksono::sync {

using storage::EventPtr;
using storage::EventRow;
using storage::HistoryPosition;
using storage::HistoryQuery;
using storage::StateFilter;

namespace {

constexpr std::int64_t kLongestPage = 1000;

HistoryPosition history_position(pg::Transaction& tx, const RoomId& room,
                                 const EventPosition& position) {
    const ReachedRooms reached(tx, position.at);
    return {position.topological, reached.of(room.str())};
}

/// Behind `row` in the direction of the page.
EventPosition behind(const EventRow& row, bool backwards) {
    return EventPosition::historical(row.topological_ordering,
                                     row.stream_ordering - (backwards ? 1 : 0));
}

template <class T>
std::optional<std::vector<T>> unless_empty(const std::optional<std::vector<T>>& list) {
    return list && !list->empty() ? list : std::nullopt;
}

/// What of the filter the database applies. An empty list lets nothing pass, but pages go on.
void set_filter(HistoryQuery& query, const EventFilter& filter) {
    query.types = unless_empty(filter.types);
    query.not_types = filter.not_types;
    query.senders = unless_empty(filter.senders);
    query.not_senders = filter.not_senders;
    // Events that were redacted have no URL any more, whatever the column says.
    if (filter.contains_url == true) query.contains_url = true;
    query.relation_types = unless_empty(filter.related_by_rel_types);
    query.relation_senders = unless_empty(filter.related_by_senders);
}

bool shows_url(const storage::Event& event) {
    const Json content = event.content();
    return find_string(content, "url") != nullptr;
}

std::vector<EventPtr> load_page(pg::Transaction& tx, storage::EventReader& reader,
                                const std::vector<EventRow>& rows, const EventFilter& filter) {
    std::vector<std::string> ids;
    for (const auto& row : rows) {
        const bool has_url = filter.contains_url.value_or(false);
        if (filter.passes(row.type, row.sender, row.room_id, has_url)) {
            ids.push_back(row.event_id);
        }
    }
    const auto loaded = reader.load(tx, ids);
    storage::mark_in_timeline(loaded);
    std::vector<EventPtr> events;
    for (const auto& id : ids) {
        const auto it = loaded.find(id);
        if (it == loaded.end()) continue;
        if (filter.contains_url && *filter.contains_url != shows_url(*it->second)) continue;
        events.push_back(it->second);
    }
    return events;
}

/// Where a page begins when the client does not say: at the room's end, or at its very start.
EventPosition default_start(pg::Transaction& tx, const RoomId& room, bool backwards,
                            std::int64_t now) {
    if (!backwards) return EventPosition::live(0);
    const auto last = storage::last_events(tx, {{room.str(), 0, now}});
    const auto it = last.find(room.str());
    if (it == last.end()) return EventPosition::live(now);
    return EventPosition::historical(it->second.topological_ordering, now);
}

/// Who has left reads back from where they left.
void clip_to_leave(EventPosition& from, const storage::Event& leave) {
    const bool later = from.topological ? *from.topological > leave.topological_ordering
                                        : from.at.stream > leave.stream_ordering;
    if (later) {
        from = EventPosition::historical(leave.topological_ordering, leave.stream_ordering);
    }
}

std::set<std::string> senders_of(const std::vector<EventPtr>& events) {
    std::set<std::string> senders;
    for (const auto& event : events)
        senders.insert(event->sender);
    return senders;
}

void append_member(std::string& out, std::string_view key, std::string_view text) {
    if (out.back() != '{') out += ',';
    append_json_string(out, key);
    out += ':';
    out += text;
}

std::string in_quotes(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

}  // namespace

std::optional<StreamToken> RoomReader::page_token(Waiter& waiter,
                                                  const std::optional<std::string>& text,
                                                  const char* parameter) {
    if (!text || text->empty()) return std::nullopt;
    auto token = read_token(waiter, database_, *text);
    if (!token) {
        throw MatrixError::unknown(400, "'" + std::string(parameter) + "' parameter is invalid");
    }
    return token;
}

void RoomReader::add_lazy_members(pg::Transaction& tx, const EventFilter& filter, Shown& shown) {
    if (!filter.lazy_load_members || shown.events.empty()) return;
    std::vector<std::pair<std::string, std::optional<std::string>>> keys;
    for (const auto& sender : senders_of(shown.events))
        keys.emplace_back("m.room.member", sender);
    const auto state = state_after(tx, shown.events.front()->id, StateFilter::only(keys));
    shown.state = load_in_order(tx, state);
}

std::string RoomReader::messages(Waiter& waiter, const Requester& requester, const RoomId& room,
                                 const PageRequest& request) {
    const bool backwards = request.direction == "b";
    const auto filter = EventFilter::from(request.filter);
    const auto now = streams_.events.position();
    const auto given = page_token(waiter, request.from, "from");
    const auto to = page_token(waiter, request.to, "to");

    return database_.read(waiter, "room_messages", [&](pg::Transaction& tx) {
        const auto access = require_room_access(tx, reader_, requester.user, room);
        StreamToken from = given.value_or(StreamToken());
        if (!given) from.events = default_start(tx, room, backwards, now);
        if (access.as == RoomAccess::As::leaver && backwards) {
            const auto leave = reader_.load_one(tx, access.membership.event_id);
            if (leave != nullptr) clip_to_leave(from.events, *leave);
        }
        HistoryQuery query;
        query.room_id = room.str();
        query.backwards = backwards;
        query.limit = std::min(request.limit, kLongestPage);
        query.from = history_position(tx, room, from.events);
        if (to) query.to = history_position(tx, room, to->events);
        set_filter(query, filter);
        const bool other_room = unless_empty(filter.rooms) && !filter.passes_room(room.str());
        const auto rows = other_room ? std::vector<EventRow>() : storage::history_page(tx, query);

        Shown shown;
        shown.events = load_page(tx, reader_, rows, filter);
        judge(tx, requester, access.as == RoomAccess::As::visitor, shown);
        add_lazy_members(tx, filter, shown);
        auto all = shown.events;
        all.insert(all.end(), shown.state.begin(), shown.state.end());
        shown.extras.load(tx, reader_, all, shown.events, requester.user.str());
        shown.view = view_for(requester, EventFormat::legacy);
        const EventSerializer serializer(shown.view, shown.extras);
        std::string out = "{\"chunk\":";
        serializer.append_list(out, shown.events, Show::in_timeline);
        append_member(out, "start", in_quotes(from.str(token_width_)));
        if (!rows.empty() || query.limit == 0) {
            const auto end = rows.empty() ? from.events : behind(rows.back(), backwards);
            append_member(out, "end", in_quotes(from.with_events(end).str(token_width_)));
        }
        if (!shown.state.empty()) {
            append_member(out, "state", "");
            serializer.append_list(out, shown.state, Show::alone);
        }
        return out + '}';
    });
}

RoomReader::Around RoomReader::read_around(pg::Transaction& tx, const Requester& requester,
                                           bool peeking, const storage::Event& event,
                                           const EventFilter& filter, bool backwards,
                                           std::int64_t count) {
    HistoryQuery query;
    query.room_id = event.room_id;
    query.backwards = backwards;
    query.limit = count;
    query.from = {event.topological_ordering, event.stream_ordering - (backwards ? 1 : 0)};
    set_filter(query, filter);
    const auto rows = storage::history_page(tx, query);
    Around around;
    around.shown.events = load_page(tx, reader_, rows, filter);
    judge(tx, requester, peeking, around.shown);
    // Where nothing lies before an event, its page starts one step less deep.
    around.end = EventPosition::historical(event.topological_ordering - (backwards ? 1 : 0),
                                           event.stream_ordering);
    if (!rows.empty()) around.end = behind(rows.back(), backwards);
    return around;
}

/// The room's state at the last of the events, as far as the filter wants it.
std::vector<EventPtr> RoomReader::state_around(pg::Transaction& tx, const EventFilter& filter,
                                               const std::vector<EventPtr>& all,
                                               const storage::Event& last) {
    // State is never what a filter by relations asks for.
    if (unless_empty(filter.related_by_rel_types) || unless_empty(filter.related_by_senders)) {
        return {};
    }
    const auto senders = senders_of(all);
    const auto wanted = filter.lazy_load_members
                            ? StateFilter::without_members_but({senders.begin(), senders.end()})
                            : StateFilter::all();
    auto state = load_in_order(tx, state_after(tx, last.id, wanted));
    std::erase_if(state, [&](const auto& one) {
        return !filter.passes(one->type, one->sender, one->room_id, one->contains_url);
    });
    return state;
}

std::string RoomReader::context(Waiter& waiter, const Requester& requester, const RoomId& room,
                                const std::string& event_id, std::int64_t limit,
                                const Json& definition) {
    const auto filter = EventFilter::from(definition);
    const auto count = std::min(limit, kLongestPage);
    return database_.read(waiter, "room_context", [&](pg::Transaction& tx) {
        const auto event = reader_.load_one(tx, event_id);
        if (event == nullptr || event->rejected) throw MatrixError::not_found("Event not found.");
        const auto membership = storage::membership_in_room(tx, requester.user.str(), room.str());
        const bool peeking = !membership || membership->membership != "join";
        Shown shown;
        shown.events = {event};
        judge(tx, requester, peeking, shown);
        if (shown.events.empty()) {
            throw MatrixError::forbidden("You don't have permission to access that event.");
        }
        if (event->room_id != room.str()) throw MatrixError::unknown(404, "No row found (events)");
        event->in_timeline.set();
        auto before = read_around(tx, requester, peeking, *event, filter, true, count / 2);
        auto after = read_around(tx, requester, peeking, *event, filter, false, count - count / 2);
        auto all = shown.events;
        for (const auto* list : {&before.shown.events, &after.shown.events})
            all.insert(all.end(), list->begin(), list->end());
        const auto& last = after.shown.events.empty() ? event : after.shown.events.back();
        shown.state = state_around(tx, filter, all, *last);
        shown.extras.membership.merge(before.shown.extras.membership);
        shown.extras.membership.merge(after.shown.extras.membership);
        auto with_state = all;
        with_state.insert(with_state.end(), shown.state.begin(), shown.state.end());
        shown.extras.load(tx, reader_, with_state, all, requester.user.str());
        shown.view = view_for(requester, EventFormat::legacy);

        const EventSerializer serializer(shown.view, shown.extras);
        const StreamToken token;
        std::string out = "{\"event\":" + serializer.text(*shown.events.front(), Show::in_timeline);
        append_member(out, "events_before", "");
        serializer.append_list(out, before.shown.events, Show::in_timeline);
        append_member(out, "events_after", "");
        serializer.append_list(out, after.shown.events, Show::in_timeline);
        append_member(out, "state", "");
        serializer.append_list(out, shown.state, Show::alone);
        append_member(out, "start", in_quotes(token.with_events(before.end).str(token_width_)));
        append_member(out, "end", in_quotes(token.with_events(after.end).str(token_width_)));
        return out + '}';
    });
}

}  // namespace aksono::sync
