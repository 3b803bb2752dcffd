// SPDX-License-Identifier: Apache-2.0
#include "rooms/event_builder.h"

#include "base/base64.h"
#include "crypto/event_hash.h"

#include <sodium.h>

namespace aksono::rooms {

namespace {

/// Ids, or in versions 1 and 2 pairs of id and reference hash.
Json references(const crypto::RoomVersion& version,
                const std::vector<storage::StoredEvent>& events) {
    Json list = Json::array();
    for (const auto& event : events) {
        if (version.format != crypto::EventFormat::v1) {
            list.push_back(event.event_id);
            continue;
        }
        const auto json = parse_json(event.json);
        const std::string hash = crypto::reference_hash(version, json ? *json : Json::object());
        list.push_back(Json::array({event.event_id, {{"sha256", base64_encode(hash)}}}));
    }
    return list;
}

}  // namespace

std::string random_letters(int length) {
    static constexpr std::string_view kLetters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    std::string text;
    for (int i = 0; i < length; ++i)
        text += kLetters[randombytes_uniform(kLetters.size())];
    return text;
}

Json build_event(const EventDraft& draft, const std::string& server_name,
                 const crypto::SigningKey& key) {
    const crypto::RoomVersion& version = *draft.version;
    Json event = {
        {"type", draft.type},
        {"sender", draft.sender},
        {"content", draft.content},
        {"depth", draft.depth},
        {"origin_server_ts", draft.origin_server_ts},
        {"prev_events", references(version, draft.prev_events)},
        {"auth_events", references(version, draft.auth_events)},
        {"unsigned", {{"age_ts", draft.origin_server_ts}}},
    };
    if (!version.room_id_is_create_hash || draft.type != "m.room.create") {
        event["room_id"] = draft.room_id;
    }
    if (draft.state_key) event["state_key"] = *draft.state_key;
    if (draft.redacts) {
        (version.updated_redaction ? event["content"] : event)["redacts"] = *draft.redacts;
    }
    if (version.format == crypto::EventFormat::v1) {
        event["event_id"] =
            "$" + std::to_string(draft.origin_server_ts) + random_letters(10) + ":" + server_name;
    }
    crypto::hash_and_sign_event(version, event, server_name, key);
    return event;
}

}  // namespace aksono::rooms
