// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ids.h"
#include "pg/transaction.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace aksono::storage {

/// A row of receipts_linearized: how far a user has read a room, or one thread of it.
struct Receipt {
    std::int64_t stream_id = 0;
    RoomId room;
    std::string type;  ///< «m.read» or «m.read.private»
    UserId user;
    EventId event;
    /// «main», a thread root's event id, or nothing for an unthreaded receipt.
    std::optional<std::string> thread_id;
    std::string data;  ///< JSON text: {"ts": milliseconds}
};

/// Receipts of these rooms with `from` < stream_id <= `to`, oldest first, as `reader` may see them:
/// m.read.private of other users is left out. `from` = 0 for an initial sync.
std::vector<Receipt> receipts_since(pg::Transaction& tx, const std::vector<RoomId>& rooms,
                                    std::int64_t from, std::int64_t to, const UserId& reader);

/// The rooms among `rooms` that have such receipts: for a poll that asks whether there is news.
std::vector<RoomId> rooms_with_receipts_since(pg::Transaction& tx, const std::vector<RoomId>& rooms,
                                              std::int64_t from, std::int64_t to,
                                              const UserId& reader);

/// Makes later callers with the same user and room wait until this transaction ends. Wants READ
/// COMMITTED, so that what follows sees what the one before wrote.
void lock_receipts(pg::Transaction& tx, const RoomId& room, const UserId& user);

/// Where an event stands against the receipt that it is to replace.
struct ReceiptPlace {
    std::optional<std::int64_t>
        event;  ///< stream ordering; nothing when the room has no such event
    std::optional<std::int64_t> existing;  ///< stream ordering of the receipt's present event
    bool exists = false;                   ///< whether there is a receipt at all
};
ReceiptPlace find_receipt_place(pg::Transaction& tx, const Receipt& receipt);

/// Writes receipts_linearized and receipts_graph. Needs lock_receipts before.
void put_receipt(pg::Transaction& tx, const Receipt& receipt,
                 std::optional<std::int64_t> event_stream_ordering, std::string_view instance_name);

}  // namespace aksono::storage
