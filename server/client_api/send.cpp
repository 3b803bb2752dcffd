// SPDX-License-Identifier: Apache-2.0
#include "client_api/send.h"

#include "base/matrix_error.h"
#include "crypto/canonical_json.h"

namespace aksono::client_api {

namespace {

http::Response send(http::Call& call, rooms::EventCreator& creator,
                    std::optional<std::string> txn_id) {
    if (crypto::has_infinite_number(call.request().body)) {
        throw MatrixError::invalid_param("JSON number out of range");
    }
    // Events to be sent later: what Synapse answers as long as no max_event_delay_duration is set.
    if (call.query_integer("org.matrix.msc4140.delay")) {
        throw MatrixError::forbidden("Sending delayed events has been disallowed");
    }
    rooms::MessageRequest request;
    request.room_id = call.path("room_id");
    request.type = call.path("event_type");
    request.content = call.json_object();
    request.txn_id = std::move(txn_id);
    request.has_oversized_integer = crypto::has_oversized_integer(call.request().body);
    const EventId id = creator.send(call.waiter(), call.requester(), std::move(request));
    return http::Response::json({{"event_id", id.str()}});
}

}  // namespace

void add_send_endpoints(http::Endpoints& endpoints, rooms::EventCreator& creator) {
    endpoints.push_back(
        {http::Method::put, "/_matrix/client/*/rooms/{room_id}/send/{event_type}/{txn_id}",
         http::Access::guest,
         [&creator](http::Call& call) { return send(call, creator, call.path("txn_id")); }});
    endpoints.push_back({http::Method::post, "/_matrix/client/*/rooms/{room_id}/send/{event_type}",
                         http::Access::guest, [&creator](http::Call& call) {
                             return send(call, creator, std::nullopt);
                         }});
}

}  // namespace aksono::client_api
