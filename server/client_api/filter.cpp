// SPDX-License-Identifier: Apache-2.0
#include "base/matrix_error.h"
#include "client_api/accounts.h"

#include <charconv>
#include <limits>

namespace aksono::client_api {

namespace {

UserId owner_of(http::Call& call, const std::string& server_name, const char* forbidden) {
    auto user = call.user_id("user_id");
    if (user != call.requester().user) throw MatrixError::forbidden(forbidden);
    if (user.server() != server_name) {
        throw MatrixError::forbidden("Can only create filters for local users");
    }
    return user;
}

/// A whole number as Python reads one: blanks around it and a sign are fine.
std::int64_t filter_id_of(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r\n\f\v";
    const auto begin = text.find_first_not_of(kBlanks);
    const auto end = text.find_last_not_of(kBlanks);
    if (begin != text.npos) text = text.substr(begin, end - begin + 1);
    if (text.starts_with('+')) text.remove_prefix(1);
    std::int64_t id = 0;
    const auto* last = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), last, id);
    if (text.empty() || stop != last || error == std::errc::invalid_argument) {
        throw MatrixError::unknown(400, "Invalid filter_id");
    }
    return error == std::errc::result_out_of_range ? std::numeric_limits<std::int64_t>::max() : id;
}

}  // namespace

void add_filter_endpoints(http::Endpoints& endpoints, users::Filters& filters,
                          const std::string& server_name) {
    endpoints.push_back({http::Method::post, "/_matrix/client/*/user/{user_id}/filter",
                         http::Access::user, [&filters, server_name](http::Call& call) {
                             const auto user = owner_of(call, server_name,
                                                        "Cannot create filters for other users");
                             const auto id = filters.add(call.waiter(), user, call.json_object());
                             return http::Response::json({{"filter_id", std::to_string(id)}});
                         }});
    endpoints.push_back({http::Method::get, "/_matrix/client/*/user/{user_id}/filter/{filter_id}",
                         http::Access::user, [&filters, server_name](http::Call& call) {
                             const auto user =
                                 owner_of(call, server_name, "Cannot get filters for other users");
                             const auto id = filter_id_of(call.path("filter_id"));
                             return http::Response::json(filters.get(call.waiter(), user, id));
                         }});
}

}  // namespace aksono::client_api
