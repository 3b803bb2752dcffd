// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "events/event.h"

namespace aksono::events {

/// content.third_party_invite.signed of a membership event; nullptr where it has none.
const Json* signed_invite(const Json& content);

/// Whether any signature in `signed_part` is by one of the public keys of `invite`, an
/// m.room.third_party_invite event.
bool is_signed_by_invite(const Json& signed_part, const Event& invite);

}  // namespace aksono::events
