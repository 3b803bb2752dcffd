// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"

#include <string_view>

namespace aksono::rooms {

/// Whether an m.room.server_acl event with this content lets `server` take part in the room.
/// https://spec.matrix.org/latest/client-server-api/#mroomserver_acl
bool acl_allows(const Json& content, std::string_view server);

}  // namespace aksono::rooms
