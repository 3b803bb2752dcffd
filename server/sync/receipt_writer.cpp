// SPDX-License-Identifier: Apache-2.0
#include "sync/receipt_writer.h"

#include "base/clock.h"
#include "base/matrix_error.h"
#include "storage/memberships.h"
#include "storage/push_members.h"
#include "storage/read_markers.h"
#include "storage/state_reader.h"
#include "sync/visibility.h"

namespace aksono::sync {

namespace {

/// In the thread; or in none, but about a thread: its root, and what relates to that.
bool belongs_to(pg::Transaction& tx, const EventId& event, const std::string& thread) {
    const auto own = storage::thread_of(tx, event.str());
    if (own == thread) return true;
    return own == "main" && storage::is_about_thread(tx, event.str(), thread);
}

bool may_see_event(pg::Transaction& tx, storage::EventReader& reader, const UserId& user,
                   const storage::EventPtr& event, const Retention& retention) {
    const auto membership = storage::membership_in_room(tx, user.str(), event->room_id);
    Viewer viewer;
    viewer.user = user.str();
    viewer.peeking = !membership || membership->membership != "join";
    viewer.retention = retention;
    const auto groups = storage::state_groups_of_events(tx, {event->id});
    return !judge_visibility(tx, reader, viewer, {event}, groups).hidden.contains(event->id);
}

}  // namespace

ReceiptWriter::ReceiptWriter(pg::Database& database, storage::EventReader& reader,
                             storage::Streams& streams, Notifier& notifier,
                             std::string instance_name, Retention retention)
    : database_(database),
      reader_(reader),
      streams_(streams),
      notifier_(notifier),
      instance_name_(std::move(instance_name)),
      retention_(retention) {}

void ReceiptWriter::check(Waiter& waiter, const storage::Receipt& receipt) {
    database_.read(waiter, "receipt_check", [&](pg::Transaction& tx) {
        const auto& event_id = receipt.event.str();
        if (receipt.thread_id && !belongs_to(tx, receipt.event, *receipt.thread_id)) {
            throw MatrixError::invalid_param("event_id " + event_id + " is not related to thread " +
                                             *receipt.thread_id);
        }
        const auto event = reader_.load_one(tx, event_id);
        if (event == nullptr || event->room_id != receipt.room.str()) return;
        if (!may_see_event(tx, reader_, receipt.user, event, retention_)) {
            throw MatrixError::forbidden("You don't have permission to access that event.");
        }
    });
}

void ReceiptWriter::send(Waiter& waiter, storage::Receipt receipt) {
    check(waiter, receipt);
    receipt.data = dump_json({{"ts", now_ms()}});
    const auto work = [&](pg::Transaction& tx) -> std::optional<storage::Stream::Lease> {
        storage::lock_receipts(tx, receipt.room, receipt.user);
        const auto place = storage::find_receipt_place(tx, receipt);
        if (!place.event || (place.existing && *place.event <= *place.existing)) return {};
        auto lease = streams_.receipts.reserve(tx);
        receipt.stream_id = lease.id();
        storage::put_receipt(tx, receipt, place.event, instance_name_);
        return lease;
    };
    // The lease lives until the commit, so that no position runs ahead of it.
    auto lease = database_.write(waiter, "receipt", work, pg::Isolation::read_committed);
    if (!lease) return;
    lease.reset();
    notifier_.notify({receipt.room.str()});
}

void ReceiptWriter::set_fully_read(Waiter& waiter, const UserId& user, const RoomId& room,
                                   const EventId& event) {
    const auto work = [&](pg::Transaction& tx) -> std::optional<storage::Stream::Lease> {
        storage::lock_fully_read(tx, room, user);
        const auto place = storage::find_fully_read_place(tx, room, user, event);
        if (!place.known) {
            throw MatrixError::unknown(
                404, "Could not find event " + event.str() + " in room " + room.str());
        }
        if (!place.ahead) return {};
        auto lease = streams_.account_data.reserve(tx);
        storage::put_fully_read(tx, room, user, event, lease.id());
        return lease;
    };
    auto lease = database_.write(waiter, "fully_read", work, pg::Isolation::read_committed);
    if (!lease) return;
    lease.reset();
    notifier_.notify({user.str()});
}

}  // namespace aksono::sync
