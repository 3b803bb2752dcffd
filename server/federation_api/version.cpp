// SPDX-License-Identifier: Apache-2.0
#include "federation_api/version.h"

namespace aksono::federation_api {

void add_version_endpoint(http::Endpoints& endpoints, const std::string& aksono_version) {
    const Json body = {{"server", {{"name", "Aksono"}, {"version", aksono_version}}}};
    endpoints.push_back({http::Method::get, "/_matrix/federation/v1/version", http::Access::open,
                         [body](http::Call&) { return http::Response::json(body); }});
}

}  // namespace aksono::federation_api
