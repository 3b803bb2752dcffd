// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "base/waiter.h"
#include "pg/database.h"
#include "storage/push_summary.h"
#include "storage/stream.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace aksono::push {

/// Turns event_push_actions into event_push_summary, as Synapse does: every 30 seconds while it
/// runs, and not when it stops. Receipts since the last time are taken into account first, then the
/// actions since then are added; a day after their event, actions that are no highlights go.
class PushSummaryRotator {
public:
    static constexpr Millis kInterval = 30'000;

    PushSummaryRotator(pg::Database& database, const storage::Streams& streams);

    /// Never at the same time on two threads. Done in steps, each a transaction that leaves the
    /// counts right; when one fails its exception comes out and the next run goes on from there.
    void run_once(Waiter& waiter);

private:
    void take_receipts(Waiter& waiter);
    bool add_actions(Waiter& waiter);
    void delete_old(Waiter& waiter);

    pg::Database& database_;
    const storage::Streams& streams_;
    std::optional<Millis> boundary_known_;  // steady time
    std::int64_t boundary_ = 0;
};

/// Receipts in groups that can be applied one group at a time: those of one user and room in
/// different groups, in their order.
std::vector<std::vector<storage::SummaryReceipt>> in_rounds(
    std::vector<storage::SummaryReceipt> receipts);

}  // namespace aksono::push
