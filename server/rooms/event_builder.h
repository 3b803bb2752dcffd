// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "base/json.h"
#include "crypto/room_version.h"
#include "crypto/signing_key.h"
#include "storage/send_context.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace aksono::rooms {

/// What an event of our own is made from.
struct EventDraft {
    const crypto::RoomVersion* version = nullptr;
    std::string room_id;
    std::string type;
    std::optional<std::string> state_key;
    std::string sender;
    Json content;
    std::optional<std::string> redacts;  ///< goes where the room version has it
    Millis origin_server_ts = 0;
    std::int64_t depth = 0;
    std::vector<storage::StoredEvent> auth_events;
    std::vector<storage::StoredEvent> prev_events;  ///< json only needed for versions 1 and 2
};

/// The whole event: hashed, signed, with `unsigned.age_ts`, and in versions 1 and 2 with an id.
/// https://spec.matrix.org/latest/server-server-api/#pdus
Json build_event(const EventDraft& draft, const std::string& server_name,
                 const crypto::SigningKey& key);

/// `length` random letters.
std::string random_letters(int length);

}  // namespace aksono::rooms
