// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "storage/event_reader.h"
#include "storage/memberships.h"
#include "storage/push_actions.h"
#include "storage/timeline.h"
#include "sync/stream_token.h"
#include "sync/sync_request.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace aksono::sync {

/// Membership counts and heroes.
/// https://spec.matrix.org/latest/client-server-api/#_matrixclientv3sync
struct RoomSummary {
    std::int64_t joined = 0;
    std::int64_t invited = 0;
    std::optional<std::vector<std::string>> heroes;
    std::vector<std::string> hero_events;  ///< their memberships
};

/// One room on its way into an answer: first what is to be told of it, then what was found.
struct SyncRoom {
    std::string room_id;
    /// Events after this are news; nothing: the room is new to the client.
    std::optional<std::int64_t> since;
    /// Where the client's token stands, of rooms that are new to it as well.
    std::optional<std::int64_t> token_since;
    std::int64_t until = 0;
    bool joined = true;         ///< false: left, told as the user last saw it
    bool newly_joined = false;  ///< since the client's token
    bool quiet = false;         ///< no event since the client's token
    bool full_state = false;    ///< the whole state, whatever the client knows

    std::vector<storage::EventPtr> timeline;
    bool limited = false;
    EventPosition prev_batch;
    std::optional<std::int64_t> first_group;  ///< state after the first event of the timeline
    std::optional<std::int64_t> last_group;   ///< state at `until`
    bool lost_state = false;  ///< state events of the stretch are not in the timeline

    std::vector<storage::EventPtr> state;
    std::vector<std::string> account_data;  ///< events, as JSON texts
    std::vector<std::string> ephemeral;
    std::optional<RoomSummary> summary;
    storage::RoomUnread unread;

    [[nodiscard]] bool empty() const {
        return timeline.empty() && state.empty() && account_data.empty() && ephemeral.empty();
    }
};

/// An invitation or a knock.
struct PendingRoom {
    std::string room_id;
    std::string event_id;
};

/// All rooms of an answer.
struct SyncRooms {
    std::vector<SyncRoom> joined;
    std::vector<SyncRoom> left;
    std::vector<PendingRoom> invited;
    std::vector<PendingRoom> knocked;
    /// Rooms joined, and left, since the token: whose members' devices are news.
    std::vector<std::string> newly_joined;
    std::vector<std::string> newly_left;
};

}  // namespace aksono::sync
