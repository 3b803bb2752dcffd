// SPDX-License-Identifier: Apache-2.0
#include "storage/redaction_target.h"

#include "base/json_scan.h"
#include "crypto/room_version.h"

namespace aksono::storage {

namespace {

constexpr pg::Statement kTargets{
    "events_redaction_targets",
    "SELECT e.event_id, e.room_id, e.sender,"
    "       (e.rejection_reason IS NOT NULL"
    "        OR EXISTS (SELECT FROM rejections x WHERE x.event_id = e.event_id))"
    "  FROM unnest($1::text[]) AS wanted(event_id)"
    "  JOIN events e ON e.event_id = wanted.event_id"};

}  // namespace

RedactionTargets redaction_targets(pg::Transaction& tx, const std::vector<std::string>& event_ids) {
    RedactionTargets targets;
    if (event_ids.empty()) return targets;
    for (const auto& row : tx.query(kTargets, event_ids)) {
        targets.emplace(row.text(0), RedactionTarget{row.text(1), row.maybe_text(2).value_or(""),
                                                     row.boolean(3)});
    }
    return targets;
}

std::string redacted_id(const Event& redaction) {
    const auto* version = crypto::find_room_version(redaction.room_version);
    if (version != nullptr && version->updated_redaction) {
        const Json content = redaction.content();
        const auto* id = find_string(content, "redacts");
        return id == nullptr ? std::string() : *id;
    }
    const auto parsed = parse_json(redaction.member("redacts"));
    return parsed && parsed->is_string() ? parsed->get<std::string>() : std::string();
}

bool redaction_shows(const Event& redaction, const RedactionTarget* target) {
    if (target == nullptr || target->rejected || target->room_id != redaction.room_id) return false;
    return !redaction.unchecked_redaction ||
           server_of(redaction.sender) == server_of(target->sender);
}

std::string_view server_of(std::string_view user_id) {
    const auto colon = user_id.find(':');
    return colon == std::string_view::npos ? std::string_view() : user_id.substr(colon + 1);
}

}  // namespace aksono::storage
