// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"

#include <optional>
#include <string>

namespace aksono::audit {

/// Room versions 1 to 12 by number; nothing for others, whose events are not recomputed.
/// https://spec.matrix.org/latest/rooms/
std::optional<int> room_version_number(const std::string& version);

/// SHA-256 over all of the event but `unsigned`, `signatures` and `hashes`, in base64.
/// https://spec.matrix.org/latest/server-server-api/#calculating-the-content-hash-for-an-event
std::string content_hash(const Json& event);

/// What is left of an event that is redacted.
Json redacted(int version, const Json& event);

/// The bytes that signatures of an event cover.
std::string signed_text(int version, const Json& event);

/// The id that an event of version 3 or later has by its content; of older ones the one it names.
std::string event_id(int version, const Json& event);

/// Ids in `auth_events` or `prev_events`: strings, or in versions 1 and 2 the first of each pair.
std::vector<std::string> references(int version, const Json& event, const char* member);

}  // namespace aksono::audit
