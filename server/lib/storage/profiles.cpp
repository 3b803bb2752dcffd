// SPDX-License-Identifier: Apache-2.0
#include "storage/profiles.h"

namespace aksono::storage {

namespace {

constexpr pg::Statement kFind{
    "profile_find",
    "SELECT displayname, avatar_url, fields::text FROM profiles WHERE full_user_id = $1"};

constexpr pg::Statement kShareARoom{
    "profile_share_a_room",
    "SELECT EXISTS (SELECT FROM local_current_membership a JOIN local_current_membership b"
    " USING (room_id) WHERE a.user_id = $1 AND a.membership = 'join'"
    " AND b.user_id = $2 AND b.membership = 'join')"};

}  // namespace

std::optional<Profile> find_profile(pg::Transaction& tx, const UserId& user) {
    const auto rows = tx.query(kFind, user);
    if (rows.empty()) return {};
    Profile profile{rows[0].maybe_text(0), rows[0].maybe_text(1), Json::object()};
    if (const auto text = rows[0].maybe_text(2)) {
        if (auto fields = parse_json(*text); fields && fields->is_object())
            profile.fields = *fields;
    }
    return profile;
}

bool share_a_room(pg::Transaction& tx, const UserId& one, const UserId& other) {
    return tx.query(kShareARoom, one, other)[0].boolean(0);
}

}  // namespace aksono::storage
