// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "events/auth_event_keys.h"
#include "events/auth_state.h"
#include "events/event.h"
#include "events/refusal.h"

namespace aksono::events {

/// Whether `state` allows `event`; if not, the sentence that a client is told (403 M_FORBIDDEN).
/// What depends on the event's own auth_events, as received, and on signatures is checked
/// elsewhere. Reads no more of `state` than auth_event_keys names, and the create event.
/// https://spec.matrix.org/latest/rooms/ «Authorisation rules» of each version
Verdict check_event_auth(const crypto::RoomVersion& version, const Event& event,
                         const AuthState& state);

}  // namespace aksono::events
