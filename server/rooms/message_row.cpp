// SPDX-License-Identifier: Apache-2.0
#include "crypto/canonical_json.h"
#include "rooms/message_maker.h"

#include <algorithm>
#include <array>

namespace aksono::rooms {

namespace {

// What moves a room up in the list of sliding sync.
constexpr std::array<std::string_view, 7> kBumpTypes{
    "m.room.create", "m.room.message", "m.room.encrypted", "m.sticker",
    "m.call.invite", "m.poll.start",   "m.beacon_info"};

bool is_own_words(std::string_view type) {
    return type == "m.room.message" || type == "m.room.encrypted";
}

/// https://github.com/matrix-org/matrix-spec-proposals/pull/2326
std::vector<std::string> labels_of(const Json& content) {
    std::vector<std::string> labels;
    const Json* list = find_member(content, "org.matrix.labels");
    if (list == nullptr || !list->is_array()) return labels;
    for (const auto& label : *list) {
        if (label.is_string()) labels.push_back(label.get<std::string>());
    }
    std::ranges::sort(labels);
    labels.erase(std::ranges::unique(labels).begin(), labels.end());
    return labels;
}

/// What full-text search finds a message by; PostgreSQL has no U+0000.
std::optional<std::string> search_text(std::string_view type, const Json& content) {
    const std::string* body = find_string(content, "body");
    if (type != "m.room.message" || body == nullptr) return std::nullopt;
    std::string text = *body;
    std::ranges::replace(text, '\0', ' ');
    return text;
}

}  // namespace

Json MessageMaker::internal_metadata() const {
    Json metadata = Json::object();
    if (requester_.device_id) metadata["device_id"] = *requester_.device_id;
    if (request_.txn_id) metadata["txn_id"] = *request_.txn_id;
    if (redacts_ && !verdict_.is_by_power) metadata["recheck_redaction"] = false;
    return metadata;
}

storage::EventWrite MessageMaker::row(const NewEvent& event,
                                      const std::vector<PushAction>& actions) const {
    storage::EventWrite row;
    row.event_id = event.id.str();
    row.room_id = event.room.str();
    row.type = event.type;
    row.sender = sender_;
    row.json = crypto::canonical_json(event.json);
    row.internal_metadata = dump_json(internal_metadata());
    row.format_version = static_cast<int>(version_->format);
    row.depth = event.depth;
    row.origin_server_ts = event.origin_server_ts;
    const Json& content = *event.content();
    row.contains_url = find_string(content, "url") != nullptr;
    for (const auto& extremity : context_.extremities)
        row.prev_events.push_back(extremity.event_id);
    row.state_group = before_.state_group;
    row.merges_states = before_.merges_states;
    if (requester_.device_id && request_.txn_id) {
        row.transaction = {*requester_.device_id, *request_.txn_id};
    }
    row.search_text = search_text(event.type, content);
    if (relation_) {
        row.relation = {relation_->event_id, relation_->rel_type, std::nullopt};
        if (relation_->rel_type == "m.annotation") row.relation->aggregation_key = relation_->key;
    }
    row.labels = labels_of(content);
    if (redacts_) {
        row.redaction = {*redacts_, std::nullopt};
        if (redacted_ && redacted_->relation) {
            const auto& lost = *redacted_->relation;
            row.redaction->lost_relation = {lost.event_id, lost.rel_type, std::nullopt};
        }
    }
    row.makes_participant = is_own_words(event.type) && !context_.participant;
    row.bumps_room = std::ranges::find(kBumpTypes, event.type) != kBumpTypes.end();
    for (const auto& action : actions) {
        row.push_actions.push_back({action.user.str(), action.actions, action.notif,
                                    action.highlight, action.unread, action.thread_id});
    }
    return row;
}

}  // namespace aksono::rooms
