// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/room_version.h"
#include "rooms/power_levels.h"
#include "storage/send_context.h"

#include <optional>
#include <string>

namespace aksono::rooms {

/// What is known of a redaction that may be sent.
struct RedactionVerdict {
    bool is_by_power = false;   ///< the sender has the redact level; else redacts an event of his
    bool is_of_others = false;  ///< the target is someone else's
};

/// Who redacts what. `target` is nothing when the database does not have the event.
struct RedactionCase {
    const crypto::RoomVersion& version;
    const std::string& server_name;
    const std::string& room_id;
    const std::string& sender;
    const std::string& redacts;
    const std::optional<storage::RelationTarget>& target;
    const PowerLevels& levels;
};

/// Throws MatrixError, in the words of Synapse, when the redaction must not be sent.
RedactionVerdict check_redaction(const RedactionCase& redaction);

}  // namespace aksono::rooms
