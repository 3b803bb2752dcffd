// SPDX-License-Identifier: Apache-2.0
#include "storage/receipt_reader.h"

namespace aksono::storage {

namespace {

constexpr pg::Statement kReceipts{
    "receipts_in_rooms",
    "SELECT room_id, receipt_type, user_id, event_id, thread_id, data FROM receipts_linearized"
    " WHERE room_id = ANY($1::text[]) AND stream_id > $2 AND stream_id <= $3"
    "   AND (receipt_type <> 'm.read.private' OR user_id = $4)"
    " ORDER BY stream_id"};

}  // namespace

std::vector<Receipt> receipts_in_rooms(pg::Transaction& tx,
                                       const std::vector<std::string>& room_ids, std::int64_t after,
                                       std::int64_t until, const std::string& viewer) {
    std::vector<Receipt> receipts;
    if (room_ids.empty() || after >= until) return receipts;
    for (const auto& row : tx.query(kReceipts, room_ids, after, until, viewer)) {
        receipts.push_back(
            {row.text(0), row.text(1), row.text(2), row.text(3), row.maybe_text(4), row.text(5)});
    }
    return receipts;
}

}  // namespace aksono::storage
