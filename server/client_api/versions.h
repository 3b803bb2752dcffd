// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/endpoint.h"

#include <functional>
#include <set>
#include <string>

namespace aksono::client_api {

struct VersionsSettings {
    /// Options of the configuration that are on and show here: «experimental_features.mscNNNN_…»,
    /// «login_via_existing_session», «max_event_delay_duration», «include_profile_updates_in_sync»,
    /// and «encryption_enabled_by_default_for_room_type.all» or «….invite».
    std::set<std::string, std::less<>> on;
    /// Whether msc3881 was switched on for one user (per_user_experimental_features); may be empty.
    std::function<bool(Waiter&, const UserId&)> user_has_msc3881;
};

/// GET /_matrix/client/versions
void add_versions_endpoints(http::Endpoints& endpoints, VersionsSettings settings);

}  // namespace aksono::client_api
