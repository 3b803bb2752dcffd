// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ids.h"
#include "base/waiter.h"
#include "pg/database.h"
#include "storage/event_reader.h"
#include "storage/receipts.h"
#include "storage/stream.h"
#include "sync/notifier.h"
#include "sync/visibility.h"

#include <optional>
#include <string>

namespace aksono::sync {

/// Takes receipts and read markers, and wakes who waits for them. Counts and old push actions
/// follow with the next rotation of the push summary.
/// https://spec.matrix.org/latest/client-server-api/#receipts
class ReceiptWriter {
public:
    /// `instance_name`: of the receipts stream's writer.
    ReceiptWriter(pg::Database& database, storage::EventReader& reader, storage::Streams& streams,
                  Notifier& notifier, std::string instance_name, Retention retention = {});

    /// `receipt`: room, type, user, event and thread_id; the rest is filled in. A receipt that is
    /// not ahead of the one before, or for an event that the room does not have, is passed over.
    /// 400 M_INVALID_PARAM when the event is not in the thread, 403 when the user may not see it.
    void send(Waiter& waiter, storage::Receipt receipt);

    /// m.fully_read. One that is not ahead is passed over; 404 for an event that is not there.
    void set_fully_read(Waiter& waiter, const UserId& user, const RoomId& room,
                        const EventId& event);

private:
    void check(Waiter& waiter, const storage::Receipt& receipt);

    pg::Database& database_;
    storage::EventReader& reader_;
    storage::Streams& streams_;
    Notifier& notifier_;
    const std::string instance_name_;
    const Retention retention_;
};

}  // namespace aksono::sync
