// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"

namespace aksono::rooms {

/// Whether any signature in `signed_part` (content.third_party_invite.signed of a membership event)
/// is by one of the public keys of `invite`, an m.room.third_party_invite event.
bool is_signed_by_invite(const Json& signed_part, const Json& invite);

}  // namespace aksono::rooms
