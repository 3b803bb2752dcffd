// SPDX-License-Identifier: Apache-2.0
#include "crypto/redaction.h"

#include <initializer_list>

namespace aksono::crypto {

namespace {

using Keys = std::initializer_list<std::string_view>;

void keep(Json& kept, const Json& from, Keys keys) {
    for (const auto key : keys) {
        if (const Json* value = find_member(from, key)) kept[std::string(key)] = *value;
    }
}

/// «it allows the `signed` key of the `third_party_invite` key»
void keep_signed_invite(Json& kept, const Json& content) {
    const Json* invite = find_member(content, "third_party_invite");
    if (invite == nullptr || !invite->is_object()) return;
    Json& kept_invite = kept["third_party_invite"] = Json::object();
    keep(kept_invite, *invite, {"signed"});
}

Json redact_content(const RoomVersion& version, std::string_view type, const Json& content) {
    Json kept = Json::object();
    if (type == "m.room.member") {
        keep(kept, content, {"membership"});
        if (version.redaction_keeps_authoriser) {
            keep(kept, content, {"join_authorised_via_users_server"});
        }
        if (version.updated_redaction) keep_signed_invite(kept, content);
    } else if (type == "m.room.create") {
        if (version.updated_redaction) return content;
        keep(kept, content, {"creator"});
    } else if (type == "m.room.join_rules") {
        keep(kept, content, {"join_rule"});
        if (version.redaction_keeps_allow) keep(kept, content, {"allow"});
    } else if (type == "m.room.power_levels") {
        keep(kept, content,
             {"ban", "events", "events_default", "kick", "redact", "state_default", "users",
              "users_default"});
        if (version.updated_redaction) keep(kept, content, {"invite"});
    } else if (type == "m.room.aliases") {
        if (version.redaction_keeps_aliases) keep(kept, content, {"aliases"});
    } else if (type == "m.room.history_visibility") {
        keep(kept, content, {"history_visibility"});
    } else if (type == "m.room.redaction") {
        if (version.updated_redaction) keep(kept, content, {"redacts"});
    }
    return kept;
}

}  // namespace

Json redact_event(const RoomVersion& version, const Json& event) {
    Json kept = Json::object();
    keep(kept, event,
         {"event_id", "type", "room_id", "sender", "state_key", "hashes", "signatures", "depth",
          "prev_events", "auth_events", "origin_server_ts"});
    if (!version.updated_redaction) keep(kept, event, {"prev_state", "origin", "membership"});
    const std::string* type = find_string(event, "type");
    const Json* content = find_member(event, "content");
    kept["content"] =
        redact_content(version, type == nullptr ? std::string_view() : std::string_view(*type),
                       content == nullptr ? Json::object() : *content);
    return kept;
}

}  // namespace aksono::crypto
