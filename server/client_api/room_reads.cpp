// SPDX-License-Identifier: Apache-2.0
#include "client_api/room_reads.h"

#include "base/matrix_error.h"

#include <limits>

namespace aksono::client_api {

namespace {

using http::Access;
using http::Call;
using http::Method;
using http::Response;

constexpr std::int64_t kUsualLimit = 10;

/// What is empty, of whatever type, is no filter. Other values than objects are refused, as is what
/// is nested too deeply.
Json page_filter(Call& call) {
    const auto text = call.query_text("filter");
    const auto value = parse_json(text.value_or("{}"));
    const bool too_deep = !value && value.error() == JsonError::too_deep;
    const bool is_plain = value && !value->is_object();
    if (!too_deep && !is_plain) return call.query_json("filter").value_or(Json::object());
    if (is_plain && (value->empty() || *value == "" || *value == 0 || *value == false)) {
        return Json::object();
    }
    throw MatrixError::invalid_param("Query parameter filter must be a valid JSON object");
}

Response messages(Call& call, sync::RoomReader& rooms) {
    sync::PageRequest page;
    page.from = call.query("from");
    page.to = call.query("to");
    page.direction = call.query_choice("dir", "f", {"b", "f"});
    page.limit = call.query_integer("limit", kUsualLimit);
    page.filter = page_filter(call);
    return Response::json_text(
        rooms.messages(call.waiter(), call.requester(), call.room_id("room_id"), page));
}

Response context(Call& call, sync::RoomReader& rooms) {
    const auto limit = call.query_integer("limit", kUsualLimit);
    // Which is what numbers beyond 64 bits are read as.
    if (limit == std::numeric_limits<std::int64_t>::max()) {
        throw MatrixError::invalid_param("Query parameter limit is too large");
    }
    const auto filter = page_filter(call);
    return Response::json_text(rooms.context(call.waiter(), call.requester(),
                                             call.room_id("room_id"), call.path("event_id"), limit,
                                             filter));
}

Response state_event(Call& call, sync::RoomReader& rooms, const std::string& key) {
    const auto format = call.query_choice("format", "content", {"content", "event"});
    return Response::json_text(rooms.state_event(call.waiter(), call.requester(),
                                                 call.room_id("room_id"), call.path("event_type"),
                                                 key, format == "event"));
}

Response members(Call& call, sync::RoomReader& rooms) {
    const auto given = [&](const char* name) {
        auto value = call.query(name);
        return value && value->empty() ? std::nullopt : std::move(value);
    };
    const sync::MembersRequest request{call.query("at"), given("membership"),
                                       given("not_membership")};
    return Response::json_text(
        rooms.members(call.waiter(), call.requester(), call.room_id("room_id"), request));
}

}  // namespace

void add_event_read_endpoints(http::Endpoints& endpoints, sync::RoomReader& rooms) {
    endpoints.push_back({Method::get, "/_matrix/client/*/rooms/{room_id}/messages", Access::guest,
                         [&rooms](Call& call) { return messages(call, rooms); }});
    endpoints.push_back({Method::get, "/_matrix/client/*/rooms/{room_id}/context/{event_id}",
                         Access::guest, [&rooms](Call& call) { return context(call, rooms); }});
    endpoints.push_back({Method::get, "/_matrix/client/*/rooms/{room_id}/event/{event_id}",
                         Access::guest, [&rooms](Call& call) {
                             return Response::json_text(rooms.event(call.waiter(), call.requester(),
                                                                    call.room_id("room_id"),
                                                                    call.path("event_id")));
                         }});
}

void add_room_state_endpoints(http::Endpoints& endpoints, sync::RoomReader& rooms) {
    endpoints.push_back({Method::get, "/_matrix/client/*/rooms/{room_id}/state", Access::guest,
                         [&rooms](Call& call) {
                             return Response::json_text(rooms.state(call.waiter(), call.requester(),
                                                                    call.room_id("room_id")));
                         }});
    endpoints.push_back({Method::get, "/_matrix/client/*/rooms/{room_id}/state/{event_type}",
                         Access::guest,
                         [&rooms](Call& call) { return state_event(call, rooms, ""); }});
    endpoints.push_back(
        {Method::get, "/_matrix/client/*/rooms/{room_id}/state/{event_type}/{state_key}",
         Access::guest,
         [&rooms](Call& call) { return state_event(call, rooms, call.path("state_key")); }});
    endpoints.push_back({Method::get, "/_matrix/client/*/rooms/{room_id}/members", Access::guest,
                         [&rooms](Call& call) { return members(call, rooms); }});
    endpoints.push_back({Method::get, "/_matrix/client/*/rooms/{room_id}/joined_members",
                         Access::user, [&rooms](Call& call) {
                             return Response::json_text(rooms.joined_members(
                                 call.waiter(), call.requester(), call.room_id("room_id")));
                         }});
    endpoints.push_back(
        {Method::get, "/_matrix/client/*/joined_rooms", Access::guest, [&rooms](Call& call) {
             return Response::json_text(rooms.joined_rooms(call.waiter(), call.requester()));
         }});
}

}  // namespace aksono::client_api
