// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/matrix_error.h"
#include "events/power_levels.h"

#include <optional>
#include <string>

namespace aksono::events {

/// What is known of a redaction that may be sent.
struct RedactionVerdict {
    bool is_by_power = false;   ///< the sender has the redact level; else redacts an event of his
    bool is_of_others = false;  ///< the target is someone else's
};

/// What is known of an event that is to be redacted.
struct RedactionTarget {
    std::string room_id;
    std::string type;
    std::string sender;
};

/// Who redacts what. `target` is nothing when the database does not have the event.
struct RedactionCase {
    const crypto::RoomVersion& version;
    const std::string& server_name;
    const std::string& room_id;
    const std::string& sender;
    const std::string& redacts;
    const std::optional<RedactionTarget>& target;
    const PowerLevels& levels;
};

/// The refusal is in the words of Synapse.
Result<RedactionVerdict, MatrixError> check_redaction(const RedactionCase& redaction);

}  // namespace aksono::events
