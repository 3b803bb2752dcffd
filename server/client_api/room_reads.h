// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/endpoint.h"
#include "sync/room_reader.h"

namespace aksono::client_api {

/// GET /rooms/{id}/messages, /context/{event_id} and /event/{event_id}.
void add_event_read_endpoints(http::Endpoints& endpoints, sync::RoomReader& rooms);

/// GET /rooms/{id}/state, /state/{type}[/{key}], /members, /joined_members, and /joined_rooms.
void add_room_state_endpoints(http::Endpoints& endpoints, sync::RoomReader& rooms);

}  // namespace aksono::client_api
