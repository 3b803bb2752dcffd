// SPDX-License-Identifier: Apache-2.0
#include "rooms/message_maker.h"

#include "base/matrix_error.h"
#include "crypto/canonical_json.h"
#include "events/auth_rules.h"
#include "events/power_levels.h"
#include "rooms/content_rules.h"
#include "rooms/relation_rules.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/format.h>

namespace aksono::rooms {

namespace {

// https://spec.matrix.org/latest/client-server-api/#size-limits
constexpr std::size_t kMaxEvent = 65536;
constexpr std::size_t kMaxField = 255;
// Deeper events are not parsed by every server.
constexpr int kMaxNesting = 127;

events::EventPtr parsed(const crypto::RoomVersion& version,
                        const std::optional<storage::StoredEvent>& event) {
    if (!event) return nullptr;
    auto json = parse_json(event->json);
    if (!json) throw std::runtime_error("event " + event->event_id + " is not JSON");
    return events::read_event(version, std::move(*json), event->event_id);
}

}  // namespace

MessageMaker::MessageMaker(pg::Transaction& tx, const std::string& server_name,
                           const crypto::SigningKey& key, const Requester& requester,
                           const MessageRequest& request)
    : tx_(tx),
      server_name_(server_name),
      key_(key),
      requester_(requester),
      request_(request),
      sender_(requester.user.str()),
      context_(storage::send_context(tx, request.room_id, sender_, requester.device_id,
                                     request.txn_id)) {}

bool MessageMaker::is_limited_otherwise() const {
    if (!context_.room_version) return true;
    if (!request_.redacts) return false;
    const auto target = storage::relation_target(tx_, *request_.redacts);
    return target && target->sender != sender_;
}

void MessageMaker::check_request() {
    if (request_.redacts) {
        redacted_ = storage::relation_target(tx_, *request_.redacts);
        check_suspended_redaction();
    }
    if (request_.redacts && !context_.room_version) {
        throw MatrixError::not_found("Could not find room_version for " + request_.room_id);
    }
    if (context_.membership != "join") {
        throw MatrixError::forbidden(
            fmt::format("User {} not in room {}", sender_, request_.room_id));
    }
    version_ = context_.room_version ? crypto::find_room_version(*context_.room_version) : nullptr;
    if (version_ == nullptr) {
        throw MatrixError(400, "M_UNSUPPORTED_ROOM_VERSION",
                          "Homeserver does not support this room version");
    }
    find_redaction();
    check_sender();
    check_content();
    relation_ = relation_of(request_.content);
    if (relation_) check_relation(tx_, request_.room_id, sender_, request_.type, *relation_);
}

void MessageMaker::find_redaction() {
    redacts_ = request_.redacts;
    const std::string* in_content = find_string(request_.content, "redacts");
    if (request_.type == "m.room.redaction" && !redacts_) {
        // Before version 11 nothing in the content says what is to be redacted.
        if (!version_->updated_redaction || in_content == nullptr) {
            throw MatrixError::invalid_param("The redaction does not say what it redacts");
        }
        redacts_ = *in_content;
    } else if (redacts_ && version_->updated_redaction) {
        const Json* given = find_member(request_.content, "redacts");
        if (given != nullptr && *given != *redacts_) {
            throw MatrixError::invalid_param(
                "Cannot provide a redacts value incoherent with the event_id of the URL parameter");
        }
    }
    if (redacts_ && !request_.redacts) redacted_ = storage::relation_target(tx_, *redacts_);
}

void MessageMaker::check_sender() const {
    if (!context_.suspended) return;
    if (!redacts_) {
        throw MatrixError(403, "M_USER_SUSPENDED",
                          "Sending messages while account is suspended is not allowed.");
    }
    check_suspended_redaction();
}

void MessageMaker::check_suspended_redaction() const {
    if (context_.suspended && redacted_ && redacted_->sender != sender_) {
        throw MatrixError(403, "M_USER_SUSPENDED",
                          "You can only redact your own events while account is suspended.");
    }
}

void MessageMaker::check_content() const {
    check_message_content(server_name_, request_.room_id, request_.type, request_.content);
    if (request_.has_oversized_integer) {
        if (version_->strict_json) throw MatrixError::bad_json("JSON integer out of range");
        throw MatrixError::invalid_param("JSON integer out of range");
    }
    if (version_->strict_json) {
        const auto canonical = crypto::check_canonical(request_.content);
        if (!canonical) {
            throw MatrixError::bad_json(canonical.error() == crypto::CanonicalError::not_integer
                                            ? "Bad JSON value: float"
                                            : "JSON integer out of range");
        }
    }
    check_mentions(request_.content);
    check_labels(request_.content);
    // The event itself is one more level around its content.
    if (nesting_depth(request_.content) + 1 > kMaxNesting) {
        throw MatrixError::bad_json("Invalid event JSON");
    }
}

void MessageMaker::check_size(const Json& event) const {
    const auto check_field = [](std::string_view name, const std::string& value) {
        if (value.size() > kMaxField) {
            throw MatrixError(413, "M_TOO_LARGE", fmt::format("'{}' too large", name));
        }
    };
    check_field("sender", sender_);
    check_field("room_id", request_.room_id);
    check_field("type", request_.type);
    if (crypto::canonical_json(event).size() > kMaxEvent) {
        throw MatrixError(413, "M_TOO_LARGE", "event too large");
    }
}

void MessageMaker::load_state() {
    state_->create = parsed(*version_, context_.create);
    state_->power_levels = parsed(*version_, context_.power_levels);
    state_->sender_member = parsed(*version_, context_.member);
    if (context_.extremities.empty()) {
        throw std::runtime_error("room " + request_.room_id + " has no forward extremities");
    }
}

std::vector<storage::StoredEvent> MessageMaker::prev_events() const {
    std::vector<std::string> ids;
    for (const auto& extremity : context_.extremities)
        ids.push_back(extremity.event_id);
    if (version_->format == crypto::EventFormat::v1) return storage::stored_events(tx_, ids);
    std::vector<storage::StoredEvent> events;
    for (auto& id : ids)
        events.push_back({std::move(id), {}});
    return events;
}

EventDraft MessageMaker::draft() const {
    EventDraft draft;
    draft.version = version_;
    draft.room_id = request_.room_id;
    draft.type = request_.type;
    draft.sender = sender_;
    draft.content = request_.content;
    draft.redacts = redacts_;
    draft.origin_server_ts = now_ms();
    draft.depth = context_.extremities.front().depth;
    if (draft.depth < std::numeric_limits<std::int64_t>::max()) ++draft.depth;
    draft.prev_events = prev_events();
    // https://spec.matrix.org/latest/server-server-api/#auth-events-selection
    if (context_.power_levels) draft.auth_events.push_back(*context_.power_levels);
    if (context_.create && !version_->room_id_is_create_hash) {
        draft.auth_events.push_back(*context_.create);
    }
    if (context_.member) draft.auth_events.push_back(*context_.member);
    return draft;
}

std::shared_ptr<const NewEvent> MessageMaker::make() {
    load_state();
    const EventDraft from = draft();
    auto event = std::make_shared<NewEvent>();
    event->json = build_event(from, server_name_, key_);
    check_size(event->json);
    const auto to_check = events::read_event(*version_, event->json);
    authorise(*to_check);
    event->id = EventId::trusted(to_check->id);
    event->room = RoomId::trusted(request_.room_id);
    event->version = version_;
    event->sender = requester_.user;
    event->type = request_.type;
    event->depth = from.depth;
    event->origin_server_ts = from.origin_server_ts;
    event->received_ts = from.origin_server_ts;
    event->relation = relation_;
    event->redacts = redacts_;
    event->state = state_;
    before_ = state_before(tx_, request_.room_id, event->id.str(), context_.extremities);
    return event;
}

void MessageMaker::authorise(const events::Event& event) {
    events::AuthState auth;
    for (const auto& part : {state_->create, state_->power_levels, state_->sender_member}) {
        if (part != nullptr) auth.add(*part);
    }
    const events::PowerLevels levels(*version_, state_->create.get(), state_->power_levels.get());
    auto allowed = events::check_event_auth(*version_, event, auth);
    // Rule 11 of versions 1 and 2 is told apart by what the redaction is for.
    const bool redaction_rule = redacts_ && version_->redactions_need_power && !allowed &&
                                levels.of_user(sender_) >= levels.to_send(request_.type, false);
    if (!allowed && !redaction_rule) throw allowed.error().error();
    if (redacts_) check_redaction(levels);
    if (!allowed) throw allowed.error().error();
    if (request_.type == "m.call.invite") check_call_invite();
    if (request_.type == "m.room.canonical_alias") {
        check_canonical_alias(tx_, request_.room_id, request_.content);
    }
}

void MessageMaker::check_redaction(const events::PowerLevels& levels) {
    verdict_.is_of_others = redacted_ && redacted_->sender != sender_;
    std::optional<events::RedactionTarget> target;
    if (redacted_) target = {redacted_->room_id, redacted_->type, redacted_->sender};
    const auto verdict = events::check_redaction(
        {*version_, server_name_, request_.room_id, sender_, *redacts_, target, levels});
    if (!verdict) throw verdict.error();
    verdict_ = *verdict;
}

void MessageMaker::check_call_invite() const {
    const auto json = storage::current_state_json(tx_, request_.room_id, "m.room.join_rules", "");
    const auto rules = json ? parse_json(*json) : Json::object();
    const Json* content = rules ? find_member(*rules, "content") : nullptr;
    const std::string* rule = content == nullptr ? nullptr : find_string(*content, "join_rule");
    if (rule != nullptr && *rule == "public") {
        throw MatrixError::forbidden("Call invites are not allowed in public rooms.");
    }
}

}  // namespace aksono::rooms
