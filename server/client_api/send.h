// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/endpoint.h"
#include "rooms/event_creator.h"

namespace aksono::client_api {

/// PUT and POST /rooms/{room_id}/send/{event_type}.
/// https://spec.matrix.org/latest/client-server-api/#sending-events-to-a-room
void add_send_endpoints(http::Endpoints& endpoints, rooms::EventCreator& creator);

/// PUT and POST /rooms/{room_id}/redact/{event_id}.
/// https://spec.matrix.org/latest/client-server-api/#redactions
void add_redact_endpoints(http::Endpoints& endpoints, rooms::EventCreator& creator);

}  // namespace aksono::client_api
