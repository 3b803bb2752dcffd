// SPDX-License-Identifier: Apache-2.0
#include "background/room_facts.h"

#include "crypto/redaction.h"

#include <algorithm>

namespace aksono::background {

namespace {

/// Whether a redaction counts was found out when it came, unless `recheck` leaves that to us: then
/// it must come from the server of the event's sender. The first room versions leave nothing.
constexpr pg::Statement kEvents{"background_state_events", R"(
SELECT e.event_id, e.type, j.json, coalesce(r.room_version, ''), EXISTS (
    SELECT FROM redactions d JOIN events by ON by.event_id = d.event_id
    WHERE d.redacts = e.event_id AND by.room_id = e.room_id
      AND NOT EXISTS (SELECT FROM rejections x WHERE x.event_id = d.event_id)
      AND (NOT d.recheck OR r.room_version IN ('1', '2')
           OR substring(by.sender FROM position(':' IN by.sender)) =
              substring(e.sender FROM position(':' IN e.sender))))
FROM events e JOIN event_json j USING (event_id) LEFT JOIN rooms r ON r.room_id = e.room_id
WHERE e.event_id = ANY ($1::text[]))"};

constexpr pg::Statement kPresent{"background_present_state", R"(
SELECT room_id, event_id FROM current_state_events
WHERE room_id = ANY ($1::text[]) AND type = ANY ($2::text[]) AND state_key = '')"};

/// A group has what changed since the one before it: the nearest group that names an event counts.
constexpr pg::Statement kStateAt{"background_state_at", R"(
WITH RECURSIVE chain (event_id, state_group, hops) AS (
    SELECT event_id, state_group, 0 FROM event_to_state_groups WHERE event_id = ANY ($1::text[])
    UNION ALL
    SELECT c.event_id, g.prev_state_group, c.hops + 1
    FROM chain c JOIN state_group_edges g ON g.state_group = c.state_group)
SELECT DISTINCT ON (c.event_id, s.type) c.event_id, s.event_id
FROM chain c JOIN state_groups_state s ON s.state_group = c.state_group
WHERE s.type = ANY ($2::text[]) AND s.state_key = ''
ORDER BY c.event_id, s.type, c.hops)"};

std::optional<std::string> text_in(const Json& content, std::string_view key) {
    const auto* text = find_string(content, key);
    if (text == nullptr || text->find('\0') != std::string::npos) return std::nullopt;
    return *text;
}

/// What the event says, or what its redaction left of that.
Json content_of(const pg::Row& row) {
    auto event = Json::parse(row.view(2), nullptr, false);
    const auto* version = crypto::find_room_version(row.text(3));
    if (row.boolean(4) && version != nullptr && event.is_object()) {
        event = crypto::redact_event(*version, event);
    }
    const auto* content = find_member(event, "content");
    return content == nullptr ? Json::object() : *content;
}

/// (type, content) by event id.
std::map<std::string, std::pair<std::string, Json>> contents_of(
    pg::Transaction& tx, const std::vector<std::string>& ids) {
    std::map<std::string, std::pair<std::string, Json>> contents;
    for (const auto row : tx.query(kEvents, ids))
        contents[row.text(0)] = {row.text(1), content_of(row)};
    return contents;
}

/// (key, event id) rows as facts by key.
std::map<std::string, RoomFacts> facts_of_pairs(pg::Transaction& tx, const pg::Rows& rows) {
    std::map<std::string, std::vector<std::string>> events;
    for (const auto row : rows)
        events[row.text(0)].push_back(row.text(1));
    return facts_of_events(tx, events);
}

}  // namespace

const std::vector<std::string>& telling_types() {
    static const std::vector<std::string> types{"m.room.create", "m.room.encryption", "m.room.name",
                                                "m.room.tombstone"};
    return types;
}

void take_in(RoomFacts& facts, const std::string& type, const Json& content) {
    if (type == "m.room.create") {
        facts.known = true;
        facts.type = text_in(content, "type");
    } else if (type == "m.room.name") {
        facts.name = text_in(content, "name");
    } else if (type == "m.room.encryption") {
        const auto* algorithm = find_member(content, "algorithm");
        facts.encrypted = algorithm != nullptr && !algorithm->is_null();
    } else if (type == "m.room.tombstone") {
        facts.successor = text_in(content, "replacement_room");
    }
}

RoomFacts facts_of_stripped(const Json& event) {
    const auto* more = find_member(event, "unsigned");
    if (more == nullptr) return {};
    RoomFacts facts;
    for (const auto* key : {"invite_room_state", "knock_room_state"}) {
        const auto* list = find_member(*more, key);
        if (list == nullptr || !list->is_array()) continue;
        for (const auto& each : *list) {
            const auto* type = find_string(each, "type");
            const auto* state_key = find_string(each, "state_key");
            const auto* content = find_member(each, "content");
            const bool whole = type != nullptr && state_key != nullptr && content != nullptr &&
                               content->is_object() && find_string(each, "sender") != nullptr;
            if (whole && state_key->empty()) take_in(facts, *type, *content);
        }
    }
    return facts.known ? facts : RoomFacts{};
}

std::map<std::string, RoomFacts> facts_of_events(
    pg::Transaction& tx, const std::map<std::string, std::vector<std::string>>& events) {
    std::set<std::string> ids;
    for (const auto& [key, list] : events)
        ids.insert(list.begin(), list.end());
    if (ids.empty()) return {};
    const auto contents = contents_of(tx, std::vector<std::string>(ids.begin(), ids.end()));
    std::map<std::string, RoomFacts> facts;
    for (const auto& [key, list] : events) {
        for (const auto& id : list) {
            const auto it = contents.find(id);
            if (it != contents.end()) take_in(facts[key], it->second.first, it->second.second);
        }
    }
    return facts;
}

std::map<std::string, std::map<std::string, Json>> present_contents(
    pg::Transaction& tx, const std::vector<std::string>& rooms,
    const std::vector<std::string>& types) {
    std::map<std::string, std::string> room_of;
    std::vector<std::string> ids;
    for (const auto row : tx.query(kPresent, rooms, types)) {
        room_of[row.text(1)] = row.text(0);
        ids.push_back(row.text(1));
    }
    std::map<std::string, std::map<std::string, Json>> out;
    for (auto& [id, event] : contents_of(tx, ids))
        out[room_of.at(id)][event.first] = std::move(event.second);
    return out;
}

std::map<std::string, RoomFacts> facts_of_rooms(pg::Transaction& tx,
                                                const std::set<std::string>& rooms) {
    if (rooms.empty()) return {};
    const std::vector<std::string> list(rooms.begin(), rooms.end());
    return facts_of_pairs(tx, tx.query(kPresent, list, telling_types()));
}

std::map<std::string, RoomFacts> facts_at_events(pg::Transaction& tx,
                                                 const std::vector<std::string>& events) {
    if (events.empty()) return {};
    return facts_of_pairs(tx, tx.query(kStateAt, events, telling_types()));
}

}  // namespace aksono::background
