// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/endpoint.h"
#include "pg/database.h"
#include "sync/sync_request.h"

namespace aksono::client_api {

/// GET of a user's account data, global and of a room.
/// `sources`: where m.push_rules, which no row holds, comes from.
void add_account_data_read_endpoints(http::Endpoints& endpoints, pg::Database& database,
                                     sync::SyncSources sources);

}  // namespace aksono::client_api
