// SPDX-License-Identifier: Apache-2.0
#include "users/logins.h"

#include "base/matrix_error.h"
#include "storage/login_tokens.h"
#include "users/text.h"
#include "users/username.h"

namespace aksono::users {

namespace {

MatrixError invalid() {
    return MatrixError::forbidden("Invalid username or password");
}

/// One user of that name exactly, else the only one when case does not count.
std::optional<storage::User> best_of(std::vector<storage::User> users, const std::string& name) {
    for (auto& user : users) {
        if (user.id.str() == name) return std::move(user);
    }
    if (users.size() == 1) return std::move(users.front());
    return {};
}

/// What failed attempts are counted by.
std::string limited_name(const LoginIdentifier& who, const std::optional<storage::User>& user) {
    if (user) return lower_ascii(user->id.str());
    if (const auto* named = std::get_if<UserIdentifier>(&who)) return lower_ascii(named->name);
    return std::get<ThirdPartyIdentifier>(who).address;
}

}  // namespace

Logins::Logins(pg::Database& db, Passwords& passwords, AccountLimits& limits,
               std::string server_name)
    : db_(db), passwords_(passwords), limits_(limits), server_name_(std::move(server_name)) {}

std::string Logins::qualified(const std::string& name) const {
    return name.starts_with('@') ? name : "@" + name + ":" + server_name_;
}

std::optional<storage::User> Logins::find(Waiter& waiter, const LoginIdentifier& who) {
    return db_.fetch(waiter, "find_login_user", [&](pg::Transaction& tx) {
        if (const auto* third = std::get_if<ThirdPartyIdentifier>(&who)) {
            return storage::find_user_by_threepid(tx, third->medium, third->address);
        }
        const auto name = qualified(std::get<UserIdentifier>(who).name);
        return best_of(storage::find_users_ignoring_case(tx, name), name);
    });
}

UserId Logins::by_password(Waiter& waiter, const LoginIdentifier& who,
                           const std::string& password) {
    const auto user = find(waiter, who);
    const auto name = limited_name(who, user);
    limits_.password_attempt(waiter, name);
    if (!user || !user->password_hash ||
        !passwords_.check(waiter, password, *user->password_hash)) {
        limits_.password_failed(name);
        throw invalid();
    }
    check_allowed(waiter, *user);
    return user->id;
}

UserId Logins::by_token(Waiter& waiter, const std::string& token) {
    if (!storable(token)) throw MatrixError::invalid_param("Bad parameter: token");
    const auto used = db_.write(
        waiter, "consume_login_token",
        [&](pg::Transaction& tx) { return storage::use_login_token(tx, token, now_ms()); },
        pg::Isolation::read_committed);
    if (!used) throw MatrixError::forbidden("Invalid login token");
    const auto user = db_.fetch(waiter, "get_user_by_id", [&](pg::Transaction& tx) {
        return storage::find_user(tx, used->user.str());
    });
    if (!user) throw MatrixError::unknown(404, "No row found (users)");
    check_allowed(waiter, *user);
    return user->id;
}

void Logins::check_allowed(Waiter& waiter, const storage::User& user) {
    if (user.deactivated) {
        throw MatrixError(403, "M_USER_DEACTIVATED", "This account has been deactivated");
    }
    if (user.locked) {
        throw MatrixError(401, "M_USER_LOCKED", "User account has been locked",
                          Json{{"soft_logout", true}});
    }
    limits_.login_of(waiter, user.id);
}

}  // namespace aksono::users
