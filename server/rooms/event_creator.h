// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ids.h"
#include "base/matrix_error.h"
#include "base/requester.h"
#include "crypto/signing_key.h"
#include "pg/database.h"
#include "rooms/event_persister.h"
#include "rooms/recent_transactions.h"
#include "rooms/room_locks.h"
#include "rooms/side_effects.h"

#include <optional>
#include <string>

namespace aksono::rooms {

/// A message event that a client asks for.
struct MessageRequest {
    std::string room_id;  ///< as the client wrote it
    std::string type;
    Json content;  ///< an object
    std::optional<std::string> txn_id;
    std::optional<std::string> redacts;  ///< of a request to redact
    bool has_oversized_integer = false;  ///< the body had an integer that 64 bits cannot hold
};

/// Makes message events: checks, builds, signs and hands them to the persister. One per room at a
/// time.
class EventCreator {
public:
    struct Parts {
        std::string server_name;
        crypto::SigningKey key;
        pg::Database& database;
        EventPersister& persister;
        PushEvaluator& push;
        MessageLimiter& limiter;
        bool index_for_search = true;  ///< event_search rows: `enable_search`
    };
    explicit EventCreator(Parts parts) : parts_(std::move(parts)) {}

    /// The committed event's id; that of the earlier event when the same device sent something with
    /// the same transaction id to the room before. Throws MatrixError with Synapse's refusals.
    EventId send(Waiter& waiter, const Requester& requester, MessageRequest request);

    /// Whoever else makes events for a room takes its lock here.
    RoomLocks& room_locks() { return locks_; }

private:
    struct Prepared {
        std::optional<EventId> known;  ///< sent before: nothing to do
        EventToPersist event;
        bool is_admin_redaction = false;
        std::optional<MatrixError> refusal{};  ///< one that comes after the limits
    };

    Prepared prepare(pg::Transaction& tx, const Requester& requester,
                     const MessageRequest& request);
    /// When no message is allowed now: the event if it was sent before; nothing when the request
    /// goes on, because it is refused or counted in another way; else throws 429.
    std::optional<EventId> find_when_limited(Waiter& waiter, const Requester& requester,
                                             const MessageRequest& request);
    EventId pretend(Waiter& waiter);

    Parts parts_;
    RoomLocks locks_;
    RecentTransactions recent_;
};

}  // namespace aksono::rooms
