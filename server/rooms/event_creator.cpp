// SPDX-License-Identifier: Apache-2.0
#include "rooms/event_creator.h"

#include "base/matrix_error.h"
#include "rooms/message_maker.h"

#include <sodium.h>

namespace aksono::rooms {

namespace {

/// How sessions without a device are told apart.
std::string recent_key(const Requester& requester, const MessageRequest& request) {
    const std::string session = requester.access_token_id
                                    ? std::to_string(*requester.access_token_id)
                                    : requester.appservice_id.value_or("");
    return session + "\n" + requester.user.str() + "\n" + request.room_id + "\n" + *request.txn_id;
}

}  // namespace

EventId EventCreator::send(Waiter& waiter, const Requester& requester, MessageRequest request) {
    if (request.type == "m.room.member") {
        throw MatrixError::invalid_param("Tried to send member event through non-member codepath");
    }
    if (requester.shadow_banned) return pretend(waiter);
    if (!parts_.limiter.allows_message(waiter, requester)) {
        const auto known = find_when_limited(waiter, requester, request);
        if (known) return *known;
    }

    auto hold = locks_.acquire(waiter, request.room_id);
    const bool is_recent = request.txn_id && !requester.device_id;
    if (is_recent) {
        if (auto known = recent_.find(recent_key(requester, request))) {
            return EventId::trusted(*known);
        }
    }
    Prepared prepared =
        parts_.database.fetch(waiter, "send_event", [&](pg::Transaction& tx) -> Prepared {
            try {
                return prepare(tx, requester, request);
            } catch (const pg::NulByte&) {
                throw MatrixError::invalid_param(
                    "The event contains U+0000 where the database cannot hold it");
            }
        });
    if (prepared.known) return *prepared.known;

    if (prepared.is_admin_redaction) {
        parts_.limiter.count_admin_redaction(waiter, requester);
    } else {
        parts_.limiter.count_message(waiter, requester);
    }
    if (prepared.refusal) throw MatrixError(*prepared.refusal);
    const EventId id = prepared.event.event->id;
    prepared.event.hold = std::move(hold);
    parts_.persister.persist(waiter, std::move(prepared.event));
    if (is_recent) recent_.remember(recent_key(requester, request), id.str());
    return id;
}

std::optional<EventId> EventCreator::find_when_limited(Waiter& waiter, const Requester& requester,
                                                       const MessageRequest& request) {
    enum class Kind { known, other, limited };
    std::optional<EventId> known;
    const auto kind = parts_.database.fetch(waiter, "limited_event", [&](pg::Transaction& tx) {
        MessageMaker maker(tx, parts_.server_name, parts_.key, requester, request);
        if (maker.known_event()) {
            known = EventId::trusted(*maker.known_event());
            return Kind::known;
        }
        return maker.is_limited_otherwise() ? Kind::other : Kind::limited;
    });
    if (kind == Kind::limited) parts_.limiter.refuse_message(waiter, requester);
    return known;
}

/// Shadow-banned users are made to believe that they sent something.
EventId EventCreator::pretend(Waiter& waiter) {
    waiter.sleep(1000 + randombytes_uniform(9000));
    return EventId::trusted("$" + random_letters(43));
}

EventCreator::Prepared EventCreator::prepare(pg::Transaction& tx, const Requester& requester,
                                             const MessageRequest& request) {
    MessageMaker maker(tx, parts_.server_name, parts_.key, requester, request);
    Prepared prepared;
    if (const auto known = maker.known_event()) {
        prepared.known = EventId::trusted(*known);
        return prepared;
    }
    maker.check_request();
    std::shared_ptr<const NewEvent> event;
    try {
        event = maker.make();
    } catch (const MatrixError& refusal) {
        // Redactions of others count before it is known whether they are allowed.
        if (!maker.is_redaction_of_others()) throw;
        prepared.is_admin_redaction = true;
        prepared.refusal = refusal;
        return prepared;
    }
    prepared.event.push_actions = parts_.push.actions_for(tx, *event);
    prepared.event.row = maker.row(*event, prepared.event.push_actions);
    if (!parts_.index_for_search) prepared.event.row.search_text.reset();
    prepared.event.event = std::move(event);
    prepared.is_admin_redaction = maker.is_redaction_of_others();
    return prepared;
}

}  // namespace aksono::rooms
