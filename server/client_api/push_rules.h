// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"
#include "http/endpoint.h"
#include "pg/database.h"

#include <string_view>

namespace aksono::client_api {

/// GET /pushrules/… : reading only.
/// https://spec.matrix.org/latest/client-server-api/#get_matrixclientv3pushrules
void add_push_rules_endpoints(http::Endpoints& endpoints, pg::Database& database);

/// The part of a user's rules that a path after /pushrules/ speaks of; throws Synapse's errors.
Json select_push_rules(const Json& rules, std::string_view path);

}  // namespace aksono::client_api
