// SPDX-License-Identifier: Apache-2.0
#include "users/profiles.h"

#include "base/matrix_error.h"
#include "storage/profiles.h"

#include <algorithm>

namespace aksono::users {

namespace {

constexpr std::size_t kLongestFieldName = 255;

MatrixError unreachable() {
    return MatrixError::unknown(502, "Failed to fetch profile");
}

MatrixError not_there() {
    return {404, "M_NOT_FOUND", "Profile was not found"};
}

bool in_grammar(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
}

std::optional<storage::Profile> find(pg::Database& db, Waiter& waiter, const UserId& user) {
    return db.fetch(waiter, "get_profile",
                    [&](pg::Transaction& tx) { return storage::find_profile(tx, user); });
}

Json named(const char* key, const std::optional<std::string>& value) {
    return value ? Json{{key, *value}} : Json::object();
}

}  // namespace

void Profiles::check_field_name(const std::string& name) {
    if (name.empty()) throw MatrixError::invalid_param("Field name too short");
    if (name.size() > kLongestFieldName) {
        throw MatrixError(400, "M_KEY_TOO_LARGE", "Field name too long");
    }
    const bool starts_with_letter = name.front() >= 'a' && name.front() <= 'z';
    if (!starts_with_letter || !std::all_of(name.begin(), name.end(), in_grammar)) {
        throw MatrixError::invalid_param(
            "Field name does not follow Common Namespaced Identifier Grammar");
    }
}

Json Profiles::whole(Waiter& waiter, const UserId& user) {
    if (user.server() != server_name_) throw unreachable();
    const auto profile = find(db_, waiter, user);
    if (!profile) throw MatrixError::unknown(404, "No row found (profiles)");
    Json answer = profile->fields;
    if (!profile->display_name && !profile->avatar_url && answer.empty()) throw not_there();
    if (profile->display_name) answer["displayname"] = *profile->display_name;
    if (profile->avatar_url) answer["avatar_url"] = *profile->avatar_url;
    return answer;
}

Json Profiles::field(Waiter& waiter, const UserId& user, const std::string& name) {
    check_field_name(name);
    if (user.server() != server_name_) throw unreachable();
    const auto profile = find(db_, waiter, user);
    const auto missing = not_there();
    if (!profile) throw missing;
    if (name == "displayname") return named("displayname", profile->display_name);
    if (name == "avatar_url") return named("avatar_url", profile->avatar_url);
    const auto* value = find_member(profile->fields, name);
    if (value == nullptr) throw missing;
    return Json{{name, *value}};
}

void Profiles::check_shares_room(Waiter& waiter, const UserId& reader, const UserId& user) {
    if (reader == user) return;
    const bool shared = db_.fetch(waiter, "share_a_room", [&](pg::Transaction& tx) {
        return storage::share_a_room(tx, reader, user);
    });
    if (!shared) throw MatrixError::forbidden("Profile isn't available");
}

}  // namespace aksono::users
