// SPDX-License-Identifier: Apache-2.0
#include "background/room_facts.h"
#include "background/updates.h"

#include <limits>

namespace aksono::background {

namespace {

// Servers write to these tables in the transaction in which they write the event, so once they wait
// here all that is written is seen, and what comes later finds our rows.
constexpr const char* kLockRooms =
    "LOCK TABLE sliding_sync_joined_rooms IN SHARE ROW EXCLUSIVE MODE";
constexpr const char* kLockMembers =
    "LOCK TABLE sliding_sync_membership_snapshots IN SHARE ROW EXCLUSIVE MODE";

constexpr pg::Statement kPrefill{"background_ss_prefill", R"(
INSERT INTO sliding_sync_joined_rooms_to_recalculate (room_id)
SELECT DISTINCT room_id FROM local_current_membership WHERE membership = 'join'
ON CONFLICT (room_id) DO NOTHING)"};

Outcome prefill(const Work& work) {
    work.tx.query(kPrefill);
    return {.done = true};
}

/// The newest event of each room, and the newest that moves it up in lists (not one from before the
/// server knew the room).
constexpr pg::Statement kRoomsToDo{"background_ss_rooms", R"(
WITH batch AS (
    SELECT room_id FROM sliding_sync_joined_rooms_to_recalculate ORDER BY room_id LIMIT $1)
SELECT b.room_id, newest.stream_ordering, CASE WHEN bump.stream_ordering > 0
                                               THEN bump.stream_ordering END
FROM batch b
LEFT JOIN LATERAL (
    SELECT e.stream_ordering FROM events e
    WHERE e.room_id = b.room_id AND NOT e.outlier
      AND NOT EXISTS (SELECT FROM rejections x WHERE x.event_id = e.event_id)
    ORDER BY e.stream_ordering DESC LIMIT 1) newest ON true
LEFT JOIN LATERAL (
    SELECT e.stream_ordering FROM events e
    WHERE e.room_id = b.room_id AND NOT e.outlier AND e.type IN (
          'm.room.create', 'm.room.message', 'm.room.encrypted', 'm.sticker', 'm.call.invite',
          'm.poll.start', 'm.beacon_info')
      AND NOT EXISTS (SELECT FROM rejections x WHERE x.event_id = e.event_id)
    ORDER BY e.stream_ordering DESC LIMIT 1) bump ON true)"};

constexpr pg::Statement kPutRooms{"background_ss_put_rooms", R"(
INSERT INTO sliding_sync_joined_rooms (room_id, event_stream_ordering, bump_stamp, room_type,
                                       room_name, is_encrypted, tombstone_successor_room_id)
SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::text[],
                     $6::boolean[], $7::text[])
ON CONFLICT (room_id) DO NOTHING)"};
constexpr pg::Statement kRoomsDone{
    "background_ss_rooms_done",
    "DELETE FROM sliding_sync_joined_rooms_to_recalculate WHERE room_id = ANY ($1::text[])"};

using Texts = std::vector<std::optional<std::string>>;

/// Columns that both tables have.
struct FactColumns {
    Texts types;
    Texts names;
    std::vector<bool> encrypted;
    Texts successors;

    void add(const RoomFacts& facts) {
        types.push_back(facts.type);
        names.push_back(facts.name);
        encrypted.push_back(facts.encrypted);
        successors.push_back(facts.successor);
    }
};

void put_rooms(pg::Transaction& tx, const pg::Rows& rooms,
               const std::map<std::string, RoomFacts>& facts) {
    std::vector<std::string> ids;
    std::vector<std::int64_t> newest;
    Texts bumps;
    FactColumns columns;
    for (const auto row : rooms) {
        const auto known = facts.find(row.text(0));
        if (known == facts.end() || row.is_null(1)) continue;
        ids.push_back(row.text(0));
        newest.push_back(row.integer(1));
        bumps.push_back(row.maybe_text(2));
        columns.add(known->second);
    }
    if (ids.empty()) return;
    tx.query(kPutRooms, ids, newest, bumps, columns.types, columns.names, columns.encrypted,
             columns.successors);
}

Outcome fill_rooms(const Work& work) {
    work.tx.query_text(kLockRooms);
    const auto rooms = work.tx.query(kRoomsToDo, work.batch);
    if (rooms.empty()) return {.done = true};
    std::set<std::string> ids;
    for (const auto row : rooms)
        ids.insert(row.text(0));
    put_rooms(work.tx, rooms, facts_of_rooms(work.tx, ids));
    work.tx.query(kRoomsDone, std::vector<std::string>(ids.begin(), ids.end()));
    return {.progress = work.progress, .items = static_cast<std::int64_t>(rooms.size())};
}

/// First all memberships by room and user, then those that came meanwhile, by their events. The
/// invitation or knock before a departure of a room that was never entered tells what it was.
#define AKSONO_MEMBERS(where, order)                                                            \
    "SELECT c.room_id, r.room_id IS NULL, c.user_id, e.sender, c.event_id, c.membership,"       \
    " e.stream_ordering, coalesce(e.instance_name, 'master'), e.outlier,"                       \
    " coalesce((SELECT f.forgotten FROM room_memberships f WHERE f.event_id = c.event_id), 0)," \
    " CASE WHEN c.membership IN ('invite', 'knock') THEN c.event_id WHEN e.outlier THEN ("      \
    "     SELECT b.event_id FROM room_memberships b JOIN events be USING (room_id, event_id)"   \
    "     WHERE b.room_id = c.room_id AND b.user_id = c.user_id"                                \
    "       AND b.membership IN ('invite', 'knock') AND b.event_id <> c.event_id"               \
    "     ORDER BY be.topological_ordering DESC LIMIT 1) END"                                   \
    " FROM local_current_membership c"                                                          \
    " LEFT JOIN sliding_sync_membership_snapshots m USING (room_id, user_id)"                   \
    " JOIN events e ON e.event_id = c.event_id LEFT JOIN rooms r ON r.room_id = c.room_id"      \
    " WHERE " where                                                                             \
    " AND (m.user_id IS NULL OR c.event_id <> m.membership_event_id) ORDER BY " order

constexpr pg::Statement kAllMembers{
    "background_ss_members",
    AKSONO_MEMBERS("(c.room_id, c.user_id) > ($1, $2)", "c.room_id, c.user_id LIMIT $3")};
constexpr pg::Statement kLaterMembers{
    "background_ss_later_members",
    AKSONO_MEMBERS("c.event_stream_ordering > $1", "c.event_stream_ordering LIMIT $2")};
#undef AKSONO_MEMBERS

constexpr pg::Statement kNewest{"background_ss_newest",
                                "SELECT coalesce(max(stream_ordering), 0) FROM events"};
constexpr pg::Statement kTexts{
    "background_ss_texts",
    "SELECT event_id, json FROM event_json WHERE event_id = ANY ($1::text[])"};
constexpr pg::Statement kMissingRooms{"background_ss_missing_rooms", R"(
INSERT INTO rooms (room_id, has_auth_chain_index) SELECT DISTINCT room_id, true
FROM unnest($1::text[]) AS room_id ON CONFLICT (room_id) DO NOTHING)"};
constexpr pg::Statement kPutMembers{"background_ss_put_members", R"(
INSERT INTO sliding_sync_membership_snapshots (
    room_id, user_id, sender, membership_event_id, membership, event_stream_ordering,
    event_instance_name, forgotten, has_known_state, room_type, room_name, is_encrypted,
    tombstone_successor_room_id)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[],
                     $7::text[], $8::int[], $9::boolean[], $10::text[], $11::text[],
                     $12::boolean[], $13::text[])
ON CONFLICT (room_id, user_id) DO NOTHING)"};

/// A membership of which a snapshot is missing.
struct Member {
    std::string room;
    bool room_missing = false;
    std::string user;
    std::string sender;
    std::string event;
    std::string membership;
    std::int64_t stream_ordering = 0;
    std::string instance;
    bool outlier = false;
    std::int64_t forgotten = 0;
    std::optional<std::string> invitation;
};

std::vector<Member> read_members(const pg::Rows& rows) {
    std::vector<Member> members;
    for (const auto row : rows) {
        members.push_back({row.text(0), row.boolean(1), row.text(2), row.text(3), row.text(4),
                           row.text(5), row.integer(6), row.text(7), row.boolean(8), row.integer(9),
                           row.maybe_text(10)});
    }
    return members;
}

bool is_inside(const Member& member) {
    return member.membership == "join";
}
/// Left a room whose state is known up to then.
bool has_been_inside(const Member& member) {
    return !is_inside(member) && !member.outlier && !member.invitation;
}

std::map<std::string, RoomFacts> facts_of_invitations(pg::Transaction& tx,
                                                      const std::vector<Member>& members) {
    std::vector<std::string> ids;
    for (const auto& member : members) {
        if (member.invitation && !is_inside(member)) ids.push_back(*member.invitation);
    }
    std::map<std::string, RoomFacts> facts;
    if (ids.empty()) return facts;
    for (const auto row : tx.query(kTexts, ids)) {
        facts[row.text(0)] = facts_of_stripped(Json::parse(row.view(1), nullptr, false));
    }
    return facts;
}

/// What each member knows, in their order.
std::vector<RoomFacts> facts_of_members(pg::Transaction& tx, const std::vector<Member>& members) {
    std::set<std::string> inside;
    std::vector<std::string> left;
    for (const auto& member : members) {
        if (is_inside(member)) inside.insert(member.room);
        if (has_been_inside(member)) left.push_back(member.event);
    }
    const auto present = facts_of_rooms(tx, inside);
    const auto past = facts_at_events(tx, left);
    const auto invited = facts_of_invitations(tx, members);
    const auto look = [](const std::map<std::string, RoomFacts>& in, const std::string& key) {
        const auto it = in.find(key);
        return it == in.end() ? RoomFacts{} : it->second;
    };
    std::vector<RoomFacts> out;
    for (const auto& member : members) {
        out.push_back(is_inside(member)         ? look(present, member.room)
                      : has_been_inside(member) ? look(past, member.event)
                      : member.invitation       ? look(invited, *member.invitation)
                                                : RoomFacts{});
    }
    return out;
}

void put_members(pg::Transaction& tx, const std::vector<Member>& members) {
    const auto facts = facts_of_members(tx, members);
    std::vector<std::string> rooms, users, senders, events, memberships, instances, missing;
    std::vector<std::int64_t> orderings, forgotten;
    std::vector<bool> known;
    FactColumns columns;
    for (std::size_t i = 0; i < members.size(); ++i) {
        const auto& member = members[i];
        if (member.room_missing) missing.push_back(member.room);
        rooms.push_back(member.room);
        users.push_back(member.user);
        senders.push_back(member.sender);
        events.push_back(member.event);
        memberships.push_back(member.membership);
        orderings.push_back(member.stream_ordering);
        instances.push_back(member.instance);
        forgotten.push_back(member.forgotten);
        known.push_back(facts[i].known);
        columns.add(facts[i]);
    }
    if (!missing.empty()) tx.query(kMissingRooms, missing);
    tx.query(kPutMembers, rooms, users, senders, events, memberships, orderings, instances,
             forgotten, known, columns.types, columns.names, columns.encrypted, columns.successors);
}

/// One batch of the first walk; empty progress when it has come to its end.
Json walk_all(const Work& work, Json progress, std::int64_t& items) {
    const auto members =
        read_members(work.tx.query(kAllMembers, progress.value("last_room_id", ""),
                                   progress.value("last_user_id", ""), work.batch));
    items = static_cast<std::int64_t>(members.size());
    if (members.empty()) {
        return {{"initial_phase", false},
                {"last_event_stream_ordering", progress.at("last_event_stream_ordering")}};
    }
    put_members(work.tx, members);
    progress["last_room_id"] = members.back().room;
    progress["last_user_id"] = members.back().user;
    return progress;
}

Outcome fill_members(const Work& work) {
    work.tx.query_text(kLockMembers);
    auto progress = work.progress;
    if (!progress.contains("last_event_stream_ordering")) {
        progress["initial_phase"] = true;
        progress["last_event_stream_ordering"] = work.tx.query(kNewest)[0].integer(0);
    }
    std::int64_t items = 0;
    if (progress.value("initial_phase", true)) {
        auto next = walk_all(work, std::move(progress), items);
        return {.progress = std::move(next), .items = items};
    }
    const auto from = progress.at("last_event_stream_ordering").get<std::int64_t>();
    const auto members = read_members(work.tx.query(kLaterMembers, from, work.batch));
    if (members.empty()) return {.done = true};
    put_members(work.tx, members);
    progress["last_event_stream_ordering"] = members.back().stream_ordering;
    return {.progress = std::move(progress), .items = static_cast<std::int64_t>(members.size())};
}

/// Memberships of which the snapshot says that they are forgotten.
constexpr pg::Statement kForgotten{"background_ss_forgotten", R"(
WITH batch AS (
    SELECT s.room_id, s.user_id, s.event_stream_ordering, m.forgotten
    FROM sliding_sync_membership_snapshots s
    JOIN room_memberships m ON m.event_id = s.membership_event_id
    WHERE s.event_stream_ordering > $1 AND s.forgotten = 1
    ORDER BY s.event_stream_ordering LIMIT $2),
put_right AS (
    UPDATE sliding_sync_membership_snapshots s SET forgotten = b.forgotten FROM batch b
    WHERE s.room_id = b.room_id AND s.user_id = b.user_id AND s.forgotten <> b.forgotten)
SELECT count(*), max(event_stream_ordering) FROM batch)"};

Outcome fix_forgotten(const Work& work) {
    const auto after =
        work.progress.value("last_event_stream_ordering", std::numeric_limits<std::int64_t>::min());
    const auto rows = work.tx.query(kForgotten, after, work.batch);
    const auto count = rows[0].integer(0);
    if (count == 0) return {.done = true};
    return {.progress = {{"last_event_stream_ordering", rows[0].integer(1)}}, .items = count};
}

}  // namespace

void add_sliding_sync_updates(Updates& updates) {
    add(updates, {.name = "sliding_sync_prefill_joined_rooms_to_recalculate_table_bg_update",
                  .walks = "local_current_membership",
                  .step = prefill});
    add(updates, {.name = "sliding_sync_joined_rooms_bg_update",
                  .walks = "rooms",
                  .step = fill_rooms,
                  .largest_batch = 1000});
    add(updates, {.name = "sliding_sync_membership_snapshots_bg_update",
                  .walks = "local_current_membership",
                  .step = fill_members,
                  .largest_batch = 1000});
    add(updates, {.name = "sliding_sync_membership_snapshots_fix_forgotten_column_bg_update",
                  .walks = "sliding_sync_membership_snapshots",
                  .step = fix_forgotten});
}

}  // namespace aksono::background
