// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/requester.h"
#include "base/waiter.h"
#include "http/message.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace aksono::http {

/// One request on its way through a handler: what was asked, who asks, and how to wait. The getters
/// decode with Synapse's rules and throw its exact errors (MatrixError).
class Call {
public:
    Call(const Request& request, Waiter& waiter,
         std::map<std::string, std::string, std::less<>> path)
        : request_(request), waiter_(waiter), path_(std::move(path)) {}

    [[nodiscard]] const Request& request() const { return request_; }
    [[nodiscard]] Waiter& waiter() const { return waiter_; }

    /// The requester; only for endpoints whose Access demands one.
    [[nodiscard]] const Requester& requester() const { return *requester_; }
    [[nodiscard]] bool has_requester() const { return requester_.has_value(); }
    void set_requester(Requester requester) { requester_ = std::move(requester); }

    /// A path parameter, percent-decoded; invalid UTF-8 or U+0000 is 400 M_INVALID_PARAM.
    [[nodiscard]] const std::string& path(std::string_view name) const;
    [[nodiscard]] UserId user_id(
        std::string_view name) const;  // 400 M_INVALID_PARAM, Synapse's text
    [[nodiscard]] RoomId room_id(std::string_view name) const;

    [[nodiscard]] std::optional<std::string> query(std::string_view name) const;
    [[nodiscard]] std::int64_t query_integer(std::string_view name, std::int64_t fallback) const;
    [[nodiscard]] bool query_boolean(std::string_view name, bool fallback) const;

    /// The body as a JSON object; M_NOT_JSON or M_BAD_JSON otherwise.
    [[nodiscard]] Json json_object() const;
    /// The same, an empty body standing for {}.
    [[nodiscard]] Json json_object_or_empty() const;

private:
    const Request& request_;
    Waiter& waiter_;
    std::map<std::string, std::string, std::less<>> path_;
    std::optional<Requester> requester_;
};

}  // namespace aksono::http
