// SPDX-License-Identifier: Apache-2.0
#include "rooms/redaction_rules.h"

#include "base/matrix_error.h"

namespace aksono::rooms {

namespace {

/// Of events of versions 1 and 2, whose ids say where they are from.
void check_event_id_domain(const RedactionCase& redaction) {
    const auto colon = redaction.redacts.find(':');
    if (!redaction.redacts.starts_with('$') || colon == std::string::npos) {
        throw MatrixError::unknown(400, "Invalid ID: '" + redaction.redacts + "'");
    }
    if (redaction.redacts.substr(colon + 1) != redaction.server_name) {
        throw MatrixError::forbidden("You don't have permission to redact events");
    }
}

}  // namespace

RedactionVerdict check_redaction(const RedactionCase& redaction) {
    const auto& target = redaction.target;
    if (target) {
        if (target->room_id != redaction.room_id) {
            throw MatrixError::unknown(400, "Cannot redact event from a different room");
        }
        if (target->type == "m.room.create") {
            throw MatrixError::forbidden("Redacting create events is not permitted");
        }
        if (target->type == "m.room.server_acl") {
            throw MatrixError::forbidden("Redacting server ACL events is not permitted");
        }
    }
    const bool of_others = target && target->sender != redaction.sender;
    if (redaction.levels.of_user(redaction.sender) >= redaction.levels.to_redact()) {
        return {true, of_others};
    }
    if (redaction.version.redactions_need_power) check_event_id_domain(redaction);
    if (!target) throw MatrixError::not_found("Could not find event " + redaction.redacts);
    if (of_others) throw MatrixError::forbidden("You don't have permission to redact events");
    return {false, false};
}

}  // namespace aksono::rooms
