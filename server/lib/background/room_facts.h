// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"
#include "pg/transaction.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace aksono::background {

/// What the tables of sliding sync say of a room's state.
struct RoomFacts {
    bool known = false;  ///< there is a create event
    std::optional<std::string> type;
    std::optional<std::string> name;
    bool encrypted = false;
    std::optional<std::string> successor;
    bool operator==(const RoomFacts&) const = default;
};

/// The types of the state events, all with an empty state key, that tell.
const std::vector<std::string>& telling_types();

/// Takes in what one state event of such a type says.
void take_in(RoomFacts& facts, const std::string& type, const Json& content);

/// Of the stripped state that came with an invitation or knock, `event`; nothing is known without a
/// create event among it, and what is no stripped event does not count.
RoomFacts facts_of_stripped(const Json& event);

/// Of the state events with these ids, by any key of the caller's; redacted ones say what is left
/// of them.
std::map<std::string, RoomFacts> facts_of_events(
    pg::Transaction& tx, const std::map<std::string, std::vector<std::string>>& events);

/// The contents of present state events with an empty state key, by room and type; of redacted ones
/// what is left of them.
std::map<std::string, std::map<std::string, Json>> present_contents(
    pg::Transaction& tx, const std::vector<std::string>& rooms,
    const std::vector<std::string>& types);

/// Of the present state of rooms.
std::map<std::string, RoomFacts> facts_of_rooms(pg::Transaction& tx,
                                                const std::set<std::string>& rooms);

/// Of the state at events, by event.
std::map<std::string, RoomFacts> facts_at_events(pg::Transaction& tx,
                                                 const std::vector<std::string>& events);

}  // namespace aksono::background
