// SPDX-License-Identifier: Apache-2.0
#include "client_api/accounts.h"

namespace aksono::client_api {

void add_whoami_endpoints(http::Endpoints& endpoints) {
    endpoints.push_back({http::Method::get, "/_matrix/client/*/account/whoami", http::Access::guest,
                         [](http::Call& call) {
                             const auto& requester = call.requester();
                             Json answer{{"user_id", requester.user.str()},
                                         {"is_guest", requester.is_guest}};
                             if (requester.device_id) answer["device_id"] = *requester.device_id;
                             return http::Response::json(answer);
                         }});
}

}  // namespace aksono::client_api
