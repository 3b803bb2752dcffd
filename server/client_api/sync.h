// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/endpoint.h"
#include "sync/sync_handler.h"
#include "users/filters.h"

namespace aksono::client_api {

/// GET /sync. https://spec.matrix.org/latest/client-server-api/#get_matrixclientv3sync
/// `timeline_limit`: filter_timeline_limit, negative for none.
void add_sync_endpoints(http::Endpoints& endpoints, sync::SyncHandler& sync,
                        users::Filters& filters, std::int64_t timeline_limit);

}  // namespace aksono::client_api
