// SPDX-License-Identifier: Apache-2.0
#include "client_api/accounts.h"

namespace aksono::client_api {

void add_logout_endpoints(http::Endpoints& endpoints, users::Logouts& logouts) {
    endpoints.push_back({http::Method::post, "/_matrix/client/*/logout", http::Access::locked,
                         [&logouts](http::Call& call) {
                             logouts.end_session(call.waiter(), call.requester());
                             return http::Response::json(Json::object());
                         }});
    endpoints.push_back({http::Method::post, "/_matrix/client/*/logout/all", http::Access::locked,
                         [&logouts](http::Call& call) {
                             logouts.end_all_sessions(call.waiter(), call.requester().user);
                             return http::Response::json(Json::object());
                         }});
}

}  // namespace aksono::client_api
