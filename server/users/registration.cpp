// SPDX-License-Identifier: Apache-2.0
#include "users/registration.h"

#include "base/matrix_error.h"
#include "crypto/guest_token.h"
#include "storage/users.h"
#include "users/username.h"

namespace aksono::users {

namespace {

MatrixError taken() {
    return {400, "M_USER_IN_USE", "User ID already taken."};
}

}  // namespace

Registration::Registration(pg::Database& db, storage::Streams& streams, Options options)
    : db_(db), streams_(streams), options_(std::move(options)) {}

UserId Registration::user_id_of(const std::string& localpart) const {
    return UserId::trusted("@" + localpart + ":" + options_.server_name);
}

void Registration::check_guest_token(const UserId& user, const std::string& token) const {
    const auto guest = crypto::read_guest_token(token, options_.macaroon_key, now_ms());
    if (!guest) {
        throw MatrixError(401, "M_UNKNOWN_TOKEN", "Invalid access token passed.",
                          Json{{"soft_logout", false}});
    }
    if (*guest != user.str()) {
        throw MatrixError::forbidden(
            "Cannot register taken user ID without valid guest credentials for that user.");
    }
}

void Registration::check_name(Waiter& waiter, const std::string& localpart,
                              const std::optional<std::string>& guest_token, bool may_be_taken) {
    const UsernameRules rules{options_.server_name,
                              options_.settings.allow_underscore_prefixed_localpart};
    if (const auto good = check_new_localpart(localpart, rules); !good) {
        throw MatrixError(400, good.error().errcode, good.error().text);
    }
    const auto user = user_id_of(localpart);
    const bool in_use = db_.fetch(waiter, "check_user_in_use", [&](pg::Transaction& tx) {
        return !storage::find_users_ignoring_case(tx, user.str()).empty();
    });
    if (in_use && !may_be_taken) {
        if (!guest_token) throw taken();
        check_guest_token(user, *guest_token);
    }
    if (!guest_token && is_numeric(localpart)) {
        throw MatrixError(400, "M_INVALID_USERNAME",
                          "Numeric user IDs are reserved for guest users.");
    }
}

UserId Registration::create(Waiter& waiter, const Account& account) {
    if (!account.localpart.empty()) {
        const auto user = user_id_of(account.localpart);
        if (!insert(waiter, account, user)) throw taken();
        return user;
    }
    for (;;) {
        const auto number = db_.fetch(waiter, "generate_user_id", [](pg::Transaction& tx) {
            return storage::next_user_number(tx);
        });
        const auto user = user_id_of(std::to_string(number));
        if (insert(waiter, account, user)) return user;
    }
}

bool Registration::insert(Waiter& waiter, const Account& account, const UserId& user) {
    storage::NewUser row;
    row.id = user;
    row.password_hash = account.password_hash;
    row.is_admin = account.is_admin;
    row.is_guest = account.is_guest;
    row.user_type = account.user_type;
    if (!row.user_type && !account.is_guest) row.user_type = options_.default_user_type;
    row.display_name = account.display_name.value_or(std::string(user.localpart()));
    // Synapse lists only users who chose their names.
    row.in_directory = !account.localpart.empty() && row.user_type != "support";
    row.with_stats = options_.stats;
    ChangeWriter changes(streams_, options_.device_lists_writer);
    const auto write = [&](pg::Transaction& tx) {
        changes.begin();
        if (!storage::insert_user(tx, row, now_ms())) return false;
        changes.invalidate(tx, {{"get_user_by_id", {user.str()}}});
        return true;
    };
    const bool done = db_.write(waiter, "register_user", write, pg::Isolation::read_committed);
    changes.committed({});
    return done;
}

UserId Registration::upgrade_guest(Waiter& waiter, const std::string& localpart,
                                   const std::string& password_hash) {
    const auto user = user_id_of(localpart);
    ChangeWriter changes(streams_, options_.device_lists_writer);
    const auto write = [&](pg::Transaction& tx) {
        changes.begin();
        if (!storage::upgrade_guest(tx, user, password_hash, now_ms())) {
            throw MatrixError::unknown(404, "No row found (users)");
        }
        changes.invalidate(tx, {{"get_user_by_id", {user.str()}}});
    };
    db_.write(waiter, "upgrade_guest", write, pg::Isolation::read_committed);
    changes.committed({});
    return user;
}

}  // namespace aksono::users
