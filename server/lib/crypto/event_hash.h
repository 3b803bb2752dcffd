// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ids.h"
#include "base/json.h"
#include "crypto/room_version.h"
#include "crypto/signing_key.h"

#include <string>

namespace aksono::crypto {

/// SHA-256 over all of the event but `unsigned`, `signatures` and `hashes`: 32 bytes.
/// https://spec.matrix.org/latest/server-server-api/#calculating-the-content-hash-for-an-event
std::string content_hash(const Json& event);

/// SHA-256 over the redacted event without `signatures` and `unsigned`: 32 bytes.
/// https://spec.matrix.org/latest/server-server-api/#calculating-the-reference-hash-for-an-event
std::string reference_hash(const RoomVersion& version, const Json& event);

/// The event's id: its reference hash, or in versions 1 and 2 its `event_id` (empty when it has
/// none).
EventId event_id(const RoomVersion& version, const Json& event);

/// Sets `hashes` and adds `server`'s signature over the redacted event.
/// https://spec.matrix.org/latest/server-server-api/#adding-hashes-and-signatures-to-outgoing-events
void hash_and_sign_event(const RoomVersion& version, Json& event, std::string_view server,
                         const SigningKey& key);

/// Whether `hashes.sha256` is the event's content hash.
bool verify_content_hash(const Json& event);

/// Whether the event carries a valid signature of `server`.
bool verify_event_signature(const RoomVersion& version, const Json& event, std::string_view server,
                            std::string_view key_id, std::string_view public_key);

}  // namespace aksono::crypto
