// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "base/ids.h"
#include "pg/transaction.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace aksono::storage {

/// How far event_push_summary has been brought.
struct SummaryPosition {
    std::int64_t events = 0;    ///< stream ordering up to which actions are summed up
    std::int64_t receipts = 0;  ///< id of the last receipt that was taken into account
};
SummaryPosition summary_position(pg::Transaction& tx);
void set_summary_position(pg::Transaction& tx, const SummaryPosition& position);

/// A receipt as the summary sees it.
struct SummaryReceipt {
    RoomId room;
    UserId user;
    std::optional<std::string> thread_id;  ///< nothing: all threads
    std::int64_t event = 0;                ///< stream ordering
};
/// Receipts with `from` < stream_id <= `to`, oldest first.
std::vector<SummaryReceipt> summary_receipts(pg::Transaction& tx, std::int64_t from,
                                             std::int64_t to);

/// Forgets what was read, highlights excepted, and sums up anew what is left of the actions up to
/// `summed_up`: for the receipt's thread, or for every thread with a summary or an action. No two
/// receipts may be of the same user and room.
void apply_receipts(pg::Transaction& tx, const std::vector<SummaryReceipt>& receipts,
                    std::int64_t summed_up);

/// The stream ordering of the `limit`-th action after `from`; nothing when there are fewer.
std::optional<std::int64_t> nth_action_after(pg::Transaction& tx, std::int64_t from,
                                             std::int64_t limit);

/// Adds the actions with `from` < stream_ordering <= `to` to the summaries.
void sum_up_actions(pg::Transaction& tx, std::int64_t from, std::int64_t to);

/// The stream ordering of the first event that was received after `time`; one more than the last
/// event's when there is none.
std::int64_t first_event_after(pg::Transaction& tx, Millis time);

/// Deletes up to `limit` actions that are no highlights, up to and including `stream_ordering`.
/// Returns how many.
std::int64_t delete_old_actions(pg::Transaction& tx, std::int64_t stream_ordering,
                                std::int64_t limit);

}  // namespace aksono::storage
