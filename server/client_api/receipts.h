// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/endpoint.h"
#include "sync/receipt_writer.h"

namespace aksono::client_api {

/// POST /rooms/{room_id}/receipt/{receipt_type}/{event_id} and /rooms/{room_id}/read_markers.
/// https://spec.matrix.org/latest/client-server-api/#post_matrixclientv3roomsroomidreceiptreceipttypeeventid
void add_receipt_endpoints(http::Endpoints& endpoints, sync::ReceiptWriter& receipts);

}  // namespace aksono::client_api
