// SPDX-License-Identifier: Apache-2.0
#include "auth/authenticator.h"

#include "base/matrix_error.h"
#include "crypto/guest_token.h"
#include "storage/access_tokens.h"
#include "storage/users.h"

namespace aksono::auth {

namespace {

constexpr const char* kGuestDevice = "guest_device";

MatrixError unknown_token(std::string text, bool soft_logout) {
    return {401, "M_UNKNOWN_TOKEN", std::move(text), Json{{"soft_logout", soft_logout}}};
}

MatrixError user_locked() {
    return {401, "M_USER_LOCKED", "User account has been locked", Json{{"soft_logout", true}}};
}

Requester requester_from(const storage::AccessToken& token) {
    Requester requester;
    requester.user = token.user;
    requester.device_id = token.device_id;
    requester.access_token_id = token.id;
    requester.is_guest = token.is_guest;
    requester.is_admin = token.is_admin;
    requester.shadow_banned = token.shadow_banned;
    requester.authenticated_as = token.owner;
    return requester;
}

bool expired(const storage::AccessToken& token) {
    return token.valid_until && *token.valid_until < now_ms();
}

}  // namespace

Authenticator::Authenticator(pg::Database& db, Options options, Seen seen)
    : db_(db), options_(std::move(options)), seen_(std::move(seen)) {}

Requester Authenticator::authenticate(Waiter& waiter, const TokenSource& source, Demand demand) {
    const auto token = token_of(source);
    auto requester = requester_of(waiter, token, demand);
    // They are seen even where they are not let in.
    if (seen_) seen_(requester, token, source);
    if (requester.is_guest && !demand.guests) {
        throw MatrixError(403, "M_GUEST_ACCESS_FORBIDDEN", "Guest access not allowed");
    }
    if (demand.admin && !requester.is_admin) {
        throw MatrixError::forbidden("You are not a server admin");
    }
    return requester;
}

Requester Authenticator::requester_of(Waiter& waiter, std::string_view token, Demand demand) {
    const auto found = db_.fetch(waiter, "get_user_by_access_token", [&](pg::Transaction& tx) {
        auto row = storage::find_access_token(tx, token);
        if (row && !row->used && !expired(*row) && options_.writes) {
            storage::mark_access_token_used(tx, row->id);
        }
        return row;
    });
    if (!found) return guest_of(waiter, token, demand);
    if (expired(*found) && !demand.locked) throw unknown_token("Access token has expired", true);
    if (found->locked && !demand.locked) throw user_locked();
    return requester_from(*found);
}

Requester Authenticator::guest_of(Waiter& waiter, std::string_view token, Demand demand) {
    const auto name = crypto::read_guest_token(token, options_.macaroon_key, now_ms());
    if (!name) throw unknown_token("Invalid access token passed.", false);
    const auto user = db_.fetch(waiter, "get_user_by_id",
                                [&](pg::Transaction& tx) { return storage::find_user(tx, *name); });
    if (!user) throw unknown_token("Unknown user_id " + *name, false);
    if (!user->is_guest) throw unknown_token("Guest access token used for regular user", false);
    if (user->locked && !demand.locked) throw user_locked();
    Requester requester;
    requester.user = user->id;
    requester.authenticated_as = user->id;
    requester.device_id = kGuestDevice;
    requester.is_guest = true;
    requester.is_admin = user->is_admin;
    requester.shadow_banned = user->shadow_banned;
    return requester;
}

}  // namespace aksono::auth
