// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "events/redaction_rules.h"
#include "rooms/event_builder.h"
#include "rooms/event_creator.h"
#include "rooms/state_before.h"
#include "storage/send_context.h"

#include <memory>
#include <optional>

namespace aksono::rooms {

/// The making of one message event on a database thread: from what the client asks and what the
/// room's state says to the event and its rows. The order of the checks is Synapse's, since it
/// decides which of several refusals a client sees.
class MessageMaker {
public:
    MessageMaker(pg::Transaction& tx, const std::string& server_name, const crypto::SigningKey& key,
                 const Requester& requester, const MessageRequest& request);

    /// The event that this device's transaction id was used for before.
    [[nodiscard]] const std::optional<std::string>& known_event() const {
        return context_.known_event_id;
    }
    /// For a user who may send no messages just now: the room is unknown, or it is a redaction of
    /// what someone else sent, which has a limit of its own.
    [[nodiscard]] bool is_limited_otherwise() const;
    /// Who may send at all, and whether the content is fit for an event. Throws MatrixError.
    void check_request();
    /// Builds and authorises the event. Throws MatrixError.
    std::shared_ptr<const NewEvent> make();
    [[nodiscard]] storage::EventWrite row(const NewEvent& event,
                                          const std::vector<PushAction>& actions) const;
    /// An event of someone else is to be redacted; known once make() asks who may do so.
    [[nodiscard]] bool is_redaction_of_others() const { return verdict_.is_of_others; }

private:
    void find_redaction();
    void check_sender() const;
    void check_suspended_redaction() const;
    void check_content() const;
    void check_size(const Json& event) const;
    void load_state();
    void authorise(const events::Event& event);
    void check_redaction(const events::PowerLevels& levels);
    void check_call_invite() const;
    [[nodiscard]] EventDraft draft() const;
    [[nodiscard]] std::vector<storage::StoredEvent> prev_events() const;
    [[nodiscard]] Json internal_metadata() const;

    pg::Transaction& tx_;
    const std::string& server_name_;
    const crypto::SigningKey& key_;
    const Requester& requester_;
    const MessageRequest& request_;
    const std::string& sender_;

    storage::SendContext context_;
    const crypto::RoomVersion* version_ = nullptr;
    std::optional<std::string> redacts_;
    std::optional<storage::RelationTarget> redacted_;
    std::optional<Relation> relation_;
    events::RedactionVerdict verdict_;
    std::shared_ptr<NewEvent::State> state_ = std::make_shared<NewEvent::State>();
    StateBefore before_;
};

}  // namespace aksono::rooms
