// SPDX-License-Identifier: Apache-2.0
#include "client_api/typing.h"

#include "base/matrix_error.h"
#include "storage/memberships.h"

#include <algorithm>
#include <optional>

namespace aksono::client_api {

namespace {

constexpr Millis kUsualTimeout = 30'000;
constexpr Millis kLongestTimeout = 120'000;

/// As Python judges values.
bool is_true(const Json& value) {
    switch (value.type()) {
        case Json::value_t::null:
            return false;
        case Json::value_t::boolean:
            return value.get<bool>();
        case Json::value_t::string:
            return !value.get_ref<const std::string&>().empty();
        case Json::value_t::array:
        case Json::value_t::object:
            return !value.empty();
        default:
            return value.get<double>() != 0;
    }
}

struct Input {
    bool typing = false;
    Millis timeout = kUsualTimeout;
};

Input read_input(const Json& body) {
    Input input;
    const Json* typing = find_member(body, "typing");
    if (typing == nullptr) throw MatrixError::missing_param("'typing' is missing");
    input.typing = is_true(*typing);
    if (const Json* timeout = find_member(body, "timeout")) {
        if (!timeout->is_number() && !timeout->is_boolean()) {
            throw MatrixError::invalid_param("'timeout' must be a number");
        }
        // true is 1 to Python.
        const auto given =
            timeout->is_boolean() ? (timeout->get<bool>() ? 1.0 : 0.0) : timeout->get<double>();
        const auto longest = static_cast<double>(kLongestTimeout);
        input.timeout = static_cast<Millis>(std::clamp(given, -longest, longest));
    }
    return input;
}

void check_membership(http::Call& call, pg::Database& database, const RoomId& room,
                      const UserId& user) {
    const auto membership = database.fetch(call.waiter(), "typing_membership", [&](auto& tx) {
        return storage::membership_in_room(tx, user.str(), room.str());
    });
    if (!membership || membership->membership != "join") {
        throw MatrixError::forbidden("User " + user.str() + " not in room " + room.str());
    }
}

}  // namespace

void add_typing_endpoints(http::Endpoints& endpoints, pg::Database& database,
                          sync::TypingRooms& typing, std::string server_name) {
    const auto handle = [&database, &typing, server_name](http::Call& call) {
        const auto room = call.room_id("room_id");
        const auto& text = call.path("user_id");
        if (!text.starts_with('@')) {
            throw MatrixError::invalid_param("Expected UserID string to start with '@'");
        }
        const auto user = UserId::trusted(text);
        const auto input = read_input(call.json_object());
        if (user.server() != server_name) {
            throw MatrixError::unknown(400, "User is not hosted on this homeserver");
        }
        if (user != call.requester().user) {
            throw MatrixError(400, "M_FORBIDDEN", "Cannot set another user's typing state");
        }
        check_membership(call, database, room, user);
        if (input.typing) {
            typing.start(room, user, input.timeout);
        } else {
            typing.stop(room, user);
        }
        return http::Response::json(Json::object());
    };
    endpoints.push_back({http::Method::put, "/_matrix/client/*/rooms/{room_id}/typing/{user_id}",
                         http::Access::user, handle});
}

}  // namespace aksono::client_api
