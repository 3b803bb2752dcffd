// SPDX-License-Identifier: Apache-2.0
#include "base/matrix_error.h"
#include "client_api/accounts.h"
#include "users/text.h"

namespace aksono::client_api {

namespace {

UserId readable_user(http::Call& call, const ProfileDeps& deps) {
    const auto& text = call.path("user_id");
    if (!text.starts_with('@') || !users::has_valid_domain(text)) {
        throw MatrixError::invalid_param("Invalid user id");
    }
    auto user = UserId::trusted(text);
    if (deps.require_auth && deps.only_who_share_rooms) {
        deps.profiles.check_shares_room(call.waiter(), call.requester().user, user);
    }
    return user;
}

}  // namespace

void add_profile_endpoints(http::Endpoints& endpoints, ProfileDeps deps) {
    // Guests may read profiles only where everybody may.
    const auto access = deps.require_auth ? http::Access::user : http::Access::optional;
    endpoints.push_back({http::Method::get, "/_matrix/client/*/profile/{user_id}", access,
                         [deps](http::Call& call) {
                             const auto user = readable_user(call, deps);
                             return http::Response::json(deps.profiles.whole(call.waiter(), user));
                         }});
    endpoints.push_back({http::Method::get, "/_matrix/client/*/profile/{user_id}/{field_name}",
                         access, [deps](http::Call& call) {
                             const auto user = readable_user(call, deps);
                             return http::Response::json(
                                 deps.profiles.field(call.waiter(), user, call.path("field_name")));
                         }});
}

}  // namespace aksono::client_api
