// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/requester.h"
#include "base/waiter.h"
#include "http/message.h"

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace aksono::http {

/// One request on its way through a handler: what was asked, who asks, and how to wait. The getters
/// decode with Synapse's rules and throw its exact errors (MatrixError).
class Call {
public:
    using PathParameters = std::map<std::string, std::string, std::less<>>;

    Call(const Request& request, Waiter& waiter, PathParameters path)
        : request_(request), waiter_(waiter), path_(std::move(path)) {}

    [[nodiscard]] const Request& request() const { return request_; }
    [[nodiscard]] Waiter& waiter() const { return waiter_; }

    /// The requester; only for endpoints whose Access demands one.
    [[nodiscard]] const Requester& requester() const { return *requester_; }
    [[nodiscard]] bool has_requester() const { return requester_.has_value(); }
    void set_requester(Requester requester) { requester_ = std::move(requester); }

    /// A path parameter, percent-decoded, ill-formed UTF-8 replaced by U+FFFD; U+0000 is
    /// 400 M_INVALID_PARAM. May be empty («/devices/»). Asking for a name that the route's path
    /// does not have is a mistake in the program (std::logic_error).
    [[nodiscard]] const std::string& path(std::string_view name) const;
    /// 400 M_INVALID_PARAM unless «@…:…».
    [[nodiscard]] UserId user_id(std::string_view name) const;
    /// Whatever stands there: Synapse looks no closer, an unknown room is refused later.
    [[nodiscard]] RoomId room_id(std::string_view name) const;

    /// Query parameters: the first of a name counts. Values must be ASCII (400 M_UNKNOWN).
    [[nodiscard]] std::optional<std::string> query(std::string_view name) const;
    [[nodiscard]] std::string required_query(std::string_view name) const;  // 400 M_MISSING_PARAM
    /// For the few that take any UTF-8 text.
    [[nodiscard]] std::optional<std::string> query_text(std::string_view name) const;
    /// One of `allowed`, else 400 M_INVALID_PARAM.
    [[nodiscard]] std::string query_choice(std::string_view name, std::string_view fallback,
                                           std::initializer_list<std::string_view> allowed) const;
    /// Not negative; beyond 64 bits it is the largest of them.
    [[nodiscard]] std::int64_t query_integer(std::string_view name, std::int64_t fallback) const;
    [[nodiscard]] std::optional<std::int64_t> query_integer(std::string_view name) const;
    [[nodiscard]] std::int64_t required_query_integer(std::string_view name) const;
    [[nodiscard]] bool query_boolean(std::string_view name, bool fallback) const;
    /// A JSON object in the query («filter={…}»), else 400 M_NOT_JSON.
    [[nodiscard]] std::optional<Json> query_json(std::string_view name) const;

    /// The body as a JSON object; M_NOT_JSON or M_BAD_JSON otherwise.
    [[nodiscard]] Json json_object() const;
    /// The same, an empty body standing for {}.
    [[nodiscard]] Json json_object_or_empty() const;

private:
    const Request& request_;
    Waiter& waiter_;
    PathParameters path_;
    std::optional<Requester> requester_;
};

}  // namespace aksono::http
