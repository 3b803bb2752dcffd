// SPDX-License-Identifier: Apache-2.0
#include "events/redaction_rules.h"

namespace aksono::events {

namespace {

/// Of events of versions 1 and 2, whose ids say where they are from.
Result<void, MatrixError> check_event_id_domain(const RedactionCase& redaction) {
    const auto colon = redaction.redacts.find(':');
    if (!redaction.redacts.starts_with('$') || colon == std::string::npos) {
        return failure(MatrixError::unknown(400, "Invalid ID: '" + redaction.redacts + "'"));
    }
    if (redaction.redacts.substr(colon + 1) != redaction.server_name) {
        return failure(MatrixError::forbidden("You don't have permission to redact events"));
    }
    return {};
}

}  // namespace

Result<RedactionVerdict, MatrixError> check_redaction(const RedactionCase& redaction) {
    const auto& target = redaction.target;
    if (target) {
        if (target->room_id != redaction.room_id) {
            return failure(MatrixError::unknown(400, "Cannot redact event from a different room"));
        }
        if (target->type == "m.room.create") {
            return failure(MatrixError::forbidden("Redacting create events is not permitted"));
        }
        if (target->type == "m.room.server_acl") {
            return failure(MatrixError::forbidden("Redacting server ACL events is not permitted"));
        }
    }
    const bool of_others = target && target->sender != redaction.sender;
    if (redaction.levels.of_user(redaction.sender) >= redaction.levels.to_redact()) {
        return RedactionVerdict{true, of_others};
    }
    if (redaction.version.redactions_need_power) {
        if (auto checked = check_event_id_domain(redaction); !checked) {
            return failure(checked.error());
        }
    }
    if (!target)
        return failure(MatrixError::not_found("Could not find event " + redaction.redacts));
    if (of_others)
        return failure(MatrixError::forbidden("You don't have permission to redact events"));
    return RedactionVerdict{false, false};
}

}  // namespace aksono::events
