// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pg/transaction.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace aksono::storage {

/// What a filter or a page needs to know of an event before its JSON is read.
struct EventRow {
    std::string event_id;
    std::string room_id;
    std::string type;
    std::string sender;
    bool is_state = false;
    bool contains_url = false;
    std::int64_t stream_ordering = 0;
    std::int64_t topological_ordering = 0;
    std::string instance_name;
    std::optional<std::int64_t> state_group;  ///< of the state after the event
};

/// Depth and stream ordering of an event.
using DepthPosition = std::pair<std::int64_t, std::int64_t>;
constexpr DepthPosition kDeepest{std::numeric_limits<std::int64_t>::max(),
                                 std::numeric_limits<std::int64_t>::max()};

/// A stretch of one room's live events: after < stream_ordering <= until. With `before` it is read
/// by depth, and ends before that position.
struct RoomRange {
    std::string room_id;
    std::int64_t after = 0;
    std::int64_t until = 0;
    std::optional<DepthPosition> before = {};
};

/// The last `limit` events of each stretch, newest first, room after room. Outliers and rejected
/// events are not events of a timeline.
std::vector<EventRow> recent_events(pg::Transaction& tx, const std::vector<RoomRange>& ranges,
                                    std::int64_t limit);

/// The newest event of each stretch's room at or before `until`, of whatever kind.
std::unordered_map<std::string, EventRow> last_events(pg::Transaction& tx,
                                                      const std::vector<RoomRange>& ranges);

/// Which of `room_ids` had an event with after < stream_ordering <= until.
std::vector<std::string> rooms_with_events(pg::Transaction& tx,
                                           const std::vector<std::string>& room_ids,
                                           std::int64_t after, std::int64_t until);

/// A place in a room's history. Without a depth: before everything of that stream position on.
struct HistoryPosition {
    std::optional<std::int64_t> topological;
    std::int64_t stream = 0;
};

/// A page of one room, in the order of depth and then stream, as /messages walks it.
struct HistoryQuery {
    std::string room_id;
    bool backwards = true;
    std::optional<HistoryPosition> from;  ///< exclusive going forwards, inclusive going backwards
    std::optional<HistoryPosition> to;    ///< the opposite
    std::int64_t limit = 10;
    // A filter's fields that the database can apply; types and senders may hold * for any run.
    std::optional<std::vector<std::string>> types;
    std::vector<std::string> not_types;
    std::optional<std::vector<std::string>> senders;
    std::vector<std::string> not_senders;
    std::optional<bool> contains_url;
    std::optional<std::vector<std::string>> relation_types;
    std::optional<std::vector<std::string>> relation_senders;
};
std::vector<EventRow> history_page(pg::Transaction& tx, const HistoryQuery& query);

}  // namespace aksono::storage
