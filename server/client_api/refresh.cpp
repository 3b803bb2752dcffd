// SPDX-License-Identifier: Apache-2.0
#include "base/matrix_error.h"
#include "client_api/accounts.h"

namespace aksono::client_api {

namespace {

http::Response refresh(http::Call& call, users::Sessions& sessions) {
    const auto body = call.json_object();
    const auto* member = find_member(body, "refresh_token");
    if (member == nullptr) throw MatrixError::missing_param("Missing params: ['refresh_token']");
    const auto* token = find_string(body, "refresh_token");
    if (token == nullptr) throw MatrixError::invalid_param("Invalid param: refresh_token");
    const auto refreshed = sessions.refresh(call.waiter(), *token);
    Json answer{{"access_token", refreshed.access_token},
                {"refresh_token", refreshed.refresh_token}};
    if (refreshed.expires_in) answer["expires_in_ms"] = *refreshed.expires_in;
    return http::Response::json(answer);
}

}  // namespace

void add_refresh_endpoints(http::Endpoints& endpoints, users::Sessions& sessions) {
    if (sessions.refreshing()) {
        endpoints.push_back({http::Method::post, "/_matrix/client/*/refresh", http::Access::open,
                             [&sessions](http::Call& call) { return refresh(call, sessions); }});
    }
    endpoints.push_back({http::Method::post, "/_matrix/client/*/tokenrefresh", http::Access::open,
                         [](http::Call& /*call*/) -> http::Response {
                             throw MatrixError::forbidden("tokenrefresh is no longer supported.");
                         }});
}

}  // namespace aksono::client_api
