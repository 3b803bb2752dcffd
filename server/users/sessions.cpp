// SPDX-License-Identifier: Apache-2.0
#include "users/sessions.h"

#include "base/matrix_error.h"
#include "crypto/guest_token.h"
#include "crypto/random.h"
#include "pg/errors.h"
#include "storage/access_tokens.h"
#include "storage/devices.h"
#include "users/text.h"
#include "users/token_format.h"

#include <algorithm>

namespace aksono::users {

namespace {

constexpr std::size_t kDeviceIdLetters = 10;
constexpr std::size_t kLongestDisplayName = 100;
constexpr const char* kGuestDevice = "guest_device";

std::optional<Millis> after(Millis now, const std::optional<Millis>& lifetime) {
    if (!lifetime) return {};
    return now + *lifetime;
}

std::optional<Millis> earlier(const std::optional<Millis>& one, const std::optional<Millis>& two) {
    if (!one || !two) return one ? one : two;
    return std::min(*one, *two);
}

void check_usable(const std::optional<storage::RefreshToken>& token, Millis now) {
    if (!token) throw MatrixError(401, "M_UNKNOWN_TOKEN", "refresh token does not exist");
    if (token->next_was_refreshed || token->next_was_used) {
        throw MatrixError::forbidden("refresh token isn't valid anymore");
    }
    if (token->expires && *token->expires < now) {
        throw MatrixError::forbidden("The supplied refresh token has expired");
    }
    if (token->session_expires && *token->session_expires < now) {
        throw MatrixError::forbidden("The session has expired and can no longer be refreshed");
    }
}

}  // namespace

Sessions::Sessions(pg::Database& db, storage::Streams& streams, Options options, Notify notify)
    : db_(db),
      streams_(streams),
      options_(std::move(options)),
      notify_(std::move(notify)),
      access_token_ids_(storage::max_access_token_id),
      refresh_token_ids_(storage::max_refresh_token_id) {}

void Sessions::check_display_name(const std::optional<std::string>& name) {
    if (name && count_code_points(*name) > kLongestDisplayName) {
        throw MatrixError(400, "M_TOO_LARGE", "Device display name is too long (max 100)");
    }
}

Sessions::Tokens Sessions::start(Waiter& waiter, const Start& start) {
    check_display_name(start.display_name);
    try {
        return try_start(waiter, start);
    } catch (const pg::UniqueViolation&) {
        access_token_ids_.forget();
        refresh_token_ids_.forget();
    }
    return try_start(waiter, start);
}

Sessions::Tokens Sessions::try_start(Waiter& waiter, const Start& start) {
    Tokens tokens;
    tokens.device_id =
        start.guest ? kGuestDevice
                    : start.device_id.value_or(crypto::random_upper_letters(kDeviceIdLetters));
    ChangeWriter changes(streams_, options_.device_lists_writer);
    bool reserved = false;
    const auto write = [&](pg::Transaction& tx) {
        changes.begin();
        const auto entry =
            storage::add_device(tx, start.user, tokens.device_id, start.display_name);
        changes.invalidate(tx, {{"get_device", {start.user.str(), tokens.device_id}}});
        reserved = entry == storage::DeviceEntry::reserved;
        if (reserved) return;
        if (entry == storage::DeviceEntry::added) {
            changes.devices_changed(tx, start.user, {tokens.device_id});
        }
        add_tokens(tx, start, tokens, now_ms());
    };
    db_.write(waiter, "register_device", write, pg::Isolation::read_committed);
    changes.committed(notify_);
    if (reserved) throw MatrixError(400, "M_FORBIDDEN", "The device ID is in use");
    return tokens;
}

void Sessions::add_tokens(pg::Transaction& tx, const Start& start, Tokens& tokens, Millis now) {
    if (start.guest) {
        tokens.access_token =
            crypto::make_guest_token(options_.server_name, start.user.str(), options_.macaroon_key);
        return;
    }
    const auto& lifetimes = options_.lifetimes;
    const auto session_end = after(now, lifetimes.session_lifetime);
    std::optional<std::int64_t> refresh_id;
    if (start.refreshable && refreshing()) {
        refresh_id = refresh_token_ids_.next(tx);
        tokens.refresh_token = make_refresh_token(start.user.localpart());
        tokens.valid_until =
            earlier(after(now, lifetimes.refreshable_access_token_lifetime), session_end);
        storage::insert_refresh_token(
            tx, {*refresh_id, start.user, tokens.device_id, *tokens.refresh_token,
                 earlier(after(now, lifetimes.refresh_token_lifetime), session_end), session_end});
    } else {
        tokens.valid_until =
            earlier(after(now, lifetimes.nonrefreshable_access_token_lifetime), session_end);
    }
    tokens.access_token = make_access_token(start.user.localpart());
    storage::insert_access_token(tx,
                                 {access_token_ids_.next(tx), start.user, tokens.device_id,
                                  tokens.access_token, tokens.valid_until, refresh_id},
                                 now);
}

Sessions::Refreshed Sessions::refresh(Waiter& waiter, const std::string& refresh_token) {
    if (!is_refresh_token(refresh_token)) {
        throw MatrixError(401, "M_UNKNOWN_TOKEN", "invalid refresh token");
    }
    try {
        return try_refresh(waiter, refresh_token);
    } catch (const pg::UniqueViolation&) {
        access_token_ids_.forget();
        refresh_token_ids_.forget();
    }
    return try_refresh(waiter, refresh_token);
}

Sessions::Refreshed Sessions::try_refresh(Waiter& waiter, const std::string& refresh_token) {
    return db_.write(
        waiter, "refresh_token",
        [&](pg::Transaction& tx) { return refresh_in(tx, refresh_token, now_ms()); },
        pg::Isolation::read_committed);
}

Sessions::Refreshed Sessions::refresh_in(pg::Transaction& tx, const std::string& refresh_token,
                                         Millis now) {
    const auto old = storage::find_refresh_token(tx, refresh_token);
    check_usable(old, now);
    const auto& lifetimes = options_.lifetimes;
    Refreshed refreshed;
    refreshed.access_token = make_access_token(old->user.localpart());
    refreshed.refresh_token = make_refresh_token(old->user.localpart());
    const auto id = refresh_token_ids_.next(tx);
    storage::insert_refresh_token(
        tx, {id, old->user, old->device_id, refreshed.refresh_token,
             earlier(after(now, lifetimes.refresh_token_lifetime), old->session_expires),
             old->session_expires});
    const auto valid_until =
        earlier(after(now, lifetimes.refreshable_access_token_lifetime), old->session_expires);
    storage::insert_access_token(tx,
                                 {access_token_ids_.next(tx), old->user, old->device_id,
                                  refreshed.access_token, valid_until, id},
                                 now);
    storage::replace_refresh_token(tx, *old, id);
    if (valid_until) refreshed.expires_in = *valid_until - now;
    return refreshed;
}

}  // namespace aksono::users
