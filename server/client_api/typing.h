// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/endpoint.h"
#include "pg/database.h"
#include "sync/typing.h"

#include <string>

namespace aksono::client_api {

/// PUT /rooms/{room_id}/typing/{user_id}
/// https://spec.matrix.org/latest/client-server-api/#typing-notifications
void add_typing_endpoints(http::Endpoints& endpoints, pg::Database& database,
                          sync::TypingRooms& typing, std::string server_name);

}  // namespace aksono::client_api
