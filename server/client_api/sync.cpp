// SPDX-License-Identifier: Apache-2.0
#include "client_api/sync.h"

#include "base/matrix_error.h"
#include "users/filter_rules.h"

#include <algorithm>
#include <charconv>
#include <tuple>

namespace aksono::client_api {

namespace {

/// A filter is given as itself or as the id of one that was stored.
Json read_filter(http::Call& call, users::Filters& filters) {
    const auto text = call.query("filter");
    if (!text) return Json::object();
    if (text->starts_with('{')) {
        auto filter = parse_json(*text);
        if (!filter) throw MatrixError::not_json("Invalid filter JSON");
        users::check_filter(*filter, users::FilterUse::at_once);
        return std::move(*filter);
    }
    std::int64_t id = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), id);
    // A number beyond all ids is one, too.
    const bool is_number = error == std::errc() || error == std::errc::result_out_of_range;
    if (!is_number || end != text->data() + text->size()) {
        throw MatrixError::invalid_param("Invalid filter ID");
    }
    try {
        if (error != std::errc()) id = -1;
        return filters.get(call.waiter(), call.requester().user, id);
    } catch (const MatrixError&) {
        // A stored filter is looked up through /filter with 404, here with 400.
    }
    throw MatrixError::invalid_param("No such filter");
}

sync::SyncRequest read_request(http::Call& call, sync::SyncHandler& sync, users::Filters& filters,
                               std::int64_t limit) {
    sync::SyncRequest request;
    const auto& requester = call.requester();
    request.user = requester.user.str();
    request.device_id = requester.device_id;
    request.token_id = requester.access_token_id;
    request.timeout = call.query_integer("timeout", 0);
    std::ignore = call.query_choice("set_presence", "online", {"online", "offline", "unavailable"});
    request.full_state = call.query_boolean("full_state", false);
    request.filter = sync::SyncFilter::from(read_filter(call, filters), limit);
    if (const auto since = call.query("since")) {
        request.since = sync.read_token(call.waiter(), *since);
        // A place in a room's history is none in time.
        if (!request.since || request.since->events.topological) {
            throw MatrixError::unknown(400, "Invalid stream token");
        }
    }
    return request;
}

}  // namespace

void add_sync_endpoints(http::Endpoints& endpoints, sync::SyncHandler& sync,
                        users::Filters& filters, std::int64_t timeline_limit) {
    endpoints.push_back({http::Method::get, "/_matrix/client/*/sync", http::Access::guest,
                         [&sync, &filters, timeline_limit](http::Call& call) {
                             const auto request = read_request(call, sync, filters, timeline_limit);
                             return http::Response::json_text(sync.sync(call.waiter(), request));
                         }});
}

}  // namespace aksono::client_api
