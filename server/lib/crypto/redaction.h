// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"
#include "crypto/room_version.h"

namespace aksono::crypto {

/// The event with only what its room version protects from redaction: what its signatures and its
/// reference hash cover, and what is left of it once it is redacted. `unsigned` is not kept.
/// https://spec.matrix.org/latest/rooms/ «Redactions» of each version
Json redact_event(const RoomVersion& version, const Json& event);

}  // namespace aksono::crypto
