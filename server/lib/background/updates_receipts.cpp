// SPDX-License-Identifier: Apache-2.0
#include "background/updates.h"

namespace aksono::background {

namespace {

/// A user's newest receipt stays; of equally new ones the one that is stored first.
constexpr pg::Statement kDoubleReceipts{"background_double_receipts", R"(
DELETE FROM receipts_linearized r USING receipts_linearized k
WHERE r.thread_id IS NULL AND k.thread_id IS NULL
  AND r.room_id = k.room_id AND r.receipt_type = k.receipt_type AND r.user_id = k.user_id
  AND (r.stream_id < k.stream_id OR (r.stream_id = k.stream_id AND r.ctid > k.ctid)))"};

/// Which one is newer cannot be told here: none of them stays, as with Synapse.
constexpr pg::Statement kDoubleGraphs{"background_double_receipt_graphs", R"(
DELETE FROM receipts_graph WHERE thread_id IS NULL AND (room_id, receipt_type, user_id) IN (
    SELECT room_id, receipt_type, user_id FROM receipts_graph WHERE thread_id IS NULL
    GROUP BY room_id, receipt_type, user_id HAVING count(*) > 1))"};

Outcome run(const Work& work, const pg::Statement& statement) {
    const auto rows = work.tx.query(statement);
    return {.done = true, .items = rows.affected()};
}

}  // namespace

void add_receipt_updates(Updates& updates) {
    add(updates, {.name = "receipts_linearized_unique_index",
                  .walks = "receipts_linearized",
                  .step = [](const Work& work) { return run(work, kDoubleReceipts); }});
    add(updates, {.name = "receipts_graph_unique_index",
                  .walks = "receipts_graph",
                  .step = [](const Work& work) { return run(work, kDoubleGraphs); }});
}

}  // namespace aksono::background
