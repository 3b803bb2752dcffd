// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/requester.h"
#include "base/waiter.h"
#include "config/config.h"
#include "pg/database.h"
#include "storage/login_tokens.h"
#include "storage/refresh_tokens.h"
#include "users/change_writer.h"
#include "users/counted_ids.h"

#include <optional>
#include <string>

namespace aksono::users {

/// Devices and their tokens: logging in, refreshing.
class Sessions {
public:
    struct Options {
        config::SessionSettings lifetimes;
        std::string server_name;
        std::string macaroon_key;  ///< of guests' tokens
        std::string device_lists_writer = config::kMainProcess;
    };
    Sessions(pg::Database& db, storage::Streams& streams, Options options, Notify notify);

    struct Start {
        UserId user;
        std::optional<std::string> device_id;
        std::optional<std::string> display_name;  ///< for a device that is new
        bool refreshable = false;
        bool guest = false;
    };
    struct Tokens {
        std::string device_id;
        std::string access_token;
        std::optional<std::string> refresh_token;
        std::optional<Millis> valid_until;
    };
    /// Adds or reuses the device and makes its tokens. Throws 400 M_TOO_LARGE for a display name
    /// that is too long, 400 M_FORBIDDEN for a device id that cannot be one.
    Tokens start(Waiter& waiter, const Start& start);

    struct Refreshed {
        std::string access_token;
        std::string refresh_token;
        std::optional<Millis> expires_in;
    };
    /// Throws 401 M_UNKNOWN_TOKEN, 403 M_FORBIDDEN.
    Refreshed refresh(Waiter& waiter, const std::string& refresh_token);

    /// Whether clients can have refresh tokens at all.
    [[nodiscard]] bool refreshing() const {
        return options_.lifetimes.refreshable_access_token_lifetime.has_value();
    }

    /// Whether every session ends some day. Guests' tokens say nothing of an end, so there can be
    /// no guests then.
    [[nodiscard]] bool ending() const {
        return options_.lifetimes.session_lifetime ||
               options_.lifetimes.nonrefreshable_access_token_lifetime;
    }

    /// Throws 400 M_TOO_LARGE.
    static void check_display_name(const std::optional<std::string>& name);

private:
    Tokens try_start(Waiter& waiter, const Start& start);
    void add_tokens(pg::Transaction& tx, const Start& start, Tokens& tokens, Millis now);
    Refreshed try_refresh(Waiter& waiter, const std::string& refresh_token);
    Refreshed refresh_in(pg::Transaction& tx, const std::string& refresh_token, Millis now);

    pg::Database& db_;
    storage::Streams& streams_;
    Options options_;
    Notify notify_;
    CountedIds access_token_ids_;
    CountedIds refresh_token_ids_;
};

}  // namespace aksono::users
