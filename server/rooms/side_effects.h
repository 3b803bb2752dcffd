// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/requester.h"
#include "base/waiter.h"
#include "events/event.h"
#include "pg/transaction.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// What happens around the making of events that is not the rooms' own business: push, wake-ups,
/// limits. Rooms owns these interfaces; app wires their implementations.
namespace aksono::rooms {

/// `m.relates_to` of an event, where it has a relation of the usual shape.
struct Relation {
    std::string event_id;            ///< the event related to
    std::string rel_type;            ///< «m.thread», «m.replace», «m.annotation», …
    std::optional<std::string> key;  ///< of an annotation
};

/// An event that has been made and authorised but is not in the database yet.
struct NewEvent {
    EventId id;
    RoomId room;
    const crypto::RoomVersion* version = nullptr;  ///< never null, lives for ever
    UserId sender;
    std::string type;
    std::optional<std::string> state_key;  ///< present for state events
    std::int64_t depth = 0;
    Millis origin_server_ts = 0;
    Millis received_ts = 0;
    Json json;  ///< the whole event, as event_json.json holds it
    std::optional<Relation> relation;
    std::optional<std::string> redacts;  ///< of a redaction: the event that it is for

    /// From the state before the event; nullptr where the room has none.
    struct State {
        events::EventPtr create;
        events::EventPtr power_levels;
        events::EventPtr sender_member;
    };
    std::shared_ptr<const State> state;

    /// null where the event has no content object.
    [[nodiscard]] const Json* content() const { return find_member(json, "content"); }
};

/// One row of event_push_actions; `actions` is the column's text as Synapse stores it.
struct PushAction {
    UserId user;
    std::string actions;
    bool notif = false;
    bool highlight = false;
    bool unread = false;
    std::string thread_id = "main";
};

/// Who is notified of an event. Implemented by push/.
class PushEvaluator {
public:
    virtual ~PushEvaluator() = default;
    /// Runs on a database thread, in the transaction that also read the state; reads only. Only
    /// local users who get a row appear.
    virtual std::vector<PushAction> actions_for(pg::Transaction& tx, const NewEvent& event) = 0;
};

/// A committed event.
struct PersistedEvent {
    std::shared_ptr<const NewEvent> event;
    std::int64_t stream_ordering = 0;
    std::vector<PushAction> push_actions;
};

/// Told of events in the order of their stream ids, after they are committed and the stream's
/// position has passed them. Called from the persister's thread: must return soon and must not
/// throw.
class EventListener {
public:
    virtual ~EventListener() = default;
    virtual void on_persisted(const std::vector<PersistedEvent>& events) = 0;
};

/// rc_message and rc_admin_redaction. What refuses throws MatrixError 429 M_LIMIT_EXCEEDED, after a
/// pause.
class MessageLimiter {
public:
    virtual ~MessageLimiter() = default;
    /// Whether a message would be allowed now.
    virtual bool allows_message(Waiter& waiter, const Requester& requester) = 0;
    /// Refuses where it would not.
    virtual void refuse_message(Waiter& waiter, const Requester& requester) = 0;
    /// Counts a message, or refuses it.
    virtual void count_message(Waiter& waiter, const Requester& requester) = 0;
    /// The same for a redaction of what someone else sent.
    virtual void count_admin_redaction(Waiter& waiter, const Requester& requester) = 0;
};

}  // namespace aksono::rooms
