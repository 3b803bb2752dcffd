// SPDX-License-Identifier: Apache-2.0
#include "client_api/receipts.h"

#include "base/matrix_error.h"

#include <optional>
#include <string>

namespace aksono::client_api {

namespace {

constexpr std::string_view kRead = "m.read";
constexpr std::string_view kPrivate = "m.read.private";
constexpr std::string_view kFullyRead = "m.fully_read";

/// «!…:…», or as rooms are named since version 12: «!» and 43 characters of a hash.
bool is_room_id(const std::string& text) {
    constexpr std::size_t kHashLength = 44;
    return text.starts_with('!') && (text.find(':') != text.npos || text.size() == kHashLength);
}

std::optional<std::string> read_thread(const Json& body, std::string_view type) {
    const Json* thread = find_member(body, "thread_id");
    if (thread == nullptr) return std::nullopt;
    if (!thread->is_string() || thread->get_ref<const std::string&>().empty()) {
        throw MatrixError::invalid_param("thread_id field must be a non-empty string");
    }
    if (type == kFullyRead) {
        throw MatrixError::invalid_param("thread_id is not compatible with m.fully_read receipts.");
    }
    return thread->get<std::string>();
}

http::Response send_receipt(http::Call& call, sync::ReceiptWriter& receipts) {
    const auto& type = call.path("receipt_type");
    const auto& room = call.path("room_id");
    const auto& event = call.path("event_id");
    if (!is_room_id(room) || !event.starts_with('$')) {
        throw MatrixError::unknown(400, "A valid room ID and event ID must be specified");
    }
    if (type != kRead && type != kPrivate && type != kFullyRead) {
        throw MatrixError::unknown(400,
                                   "Receipt type must be m.read, m.fully_read, m.read.private");
    }
    storage::Receipt receipt;
    receipt.room = RoomId::trusted(room);
    receipt.type = type;
    receipt.user = call.requester().user;
    receipt.event = EventId::trusted(event);
    receipt.thread_id = read_thread(call.json_object(), type);
    if (type == kFullyRead) {
        receipts.set_fully_read(call.waiter(), receipt.user, receipt.room, receipt.event);
    } else {
        receipts.send(call.waiter(), std::move(receipt));
    }
    return http::Response::json(Json::object());
}

/// What Synapse passes over without a word: null, false, zero and everything empty.
bool says_nothing(const Json& value) {
    if (value.is_structured() || value.is_null()) return value.empty();
    return value == "" || value == false || value == 0;
}

/// The event id under `type`.
std::optional<std::string> marker(const Json& body, std::string_view type) {
    const Json* event = find_member(body, type);
    if (event == nullptr || says_nothing(*event)) return std::nullopt;
    if (!event->is_string()) {
        throw MatrixError::invalid_param("'" + std::string(type) + "' must be a string");
    }
    return event->get<std::string>();
}

http::Response set_markers(http::Call& call, sync::ReceiptWriter& receipts) {
    const auto room = call.room_id("room_id");
    const auto& user = call.requester().user;
    const auto body = call.json_object();
    const auto fully_read = marker(body, kFullyRead);
    for (const auto type : {kRead, kPrivate}) {
        const auto event = marker(body, type);
        if (!event) continue;
        storage::Receipt receipt;
        receipt.room = room;
        receipt.type = type;
        receipt.user = user;
        receipt.event = EventId::trusted(*event);
        receipts.send(call.waiter(), std::move(receipt));
    }
    if (fully_read) {
        receipts.set_fully_read(call.waiter(), user, room, EventId::trusted(*fully_read));
    }
    return http::Response::json(Json::object());
}

}  // namespace

void add_receipt_endpoints(http::Endpoints& endpoints, sync::ReceiptWriter& receipts) {
    endpoints.push_back({http::Method::post,
                         "/_matrix/client/*/rooms/{room_id}/receipt/{receipt_type}/{event_id}",
                         http::Access::user,
                         [&receipts](http::Call& call) { return send_receipt(call, receipts); }});
    endpoints.push_back({http::Method::post, "/_matrix/client/*/rooms/{room_id}/read_markers",
                         http::Access::user,
                         [&receipts](http::Call& call) { return set_markers(call, receipts); }});
}

}  // namespace aksono::client_api
