// SPDX-License-Identifier: Apache-2.0
#include "admin_api/server_version.h"

#include <fmt/format.h>

namespace aksono::admin_api {

void add_server_version_endpoint(http::Endpoints& endpoints,
                                 const ServerVersionSettings& settings) {
    // Tools compare the part before the space; Synapse itself appends « (b=branch,commit)».
    const Json body = {{"server_version", fmt::format("{} (Aksono {})", settings.emulated_version,
                                                      settings.aksono_version)}};
    endpoints.push_back({http::Method::get, "/_synapse/admin/v1/server_version", http::Access::open,
                         [body](http::Call&) { return http::Response::json(body); }});
}

}  // namespace aksono::admin_api
