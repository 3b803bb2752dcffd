// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "audit/event_proof.h"

namespace aksono::audit {

struct RoomFlaw {
    std::string room_id;
    Flaw flaw;
};

/// Auth chains of the state events with `after` < stream_ordering <= `upto`: that the chain cover
/// leads from each to all that it names, and nowhere else.
std::vector<std::pair<std::string, Flaw>> flaws_of_chains(pg::Transaction& tx, std::int64_t after,
                                                          std::int64_t upto);

/// Rooms as they stand now: forward extremities against the events, current state against the
/// state after the only extremity (where there is one).
std::vector<RoomFlaw> flaws_of_rooms(pg::Transaction& tx, const std::vector<std::string>& rooms);

}  // namespace aksono::audit
