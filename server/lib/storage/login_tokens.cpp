// SPDX-License-Identifier: Apache-2.0
#include "storage/login_tokens.h"

namespace aksono::storage {

namespace {

constexpr pg::Statement kUse{
    "login_token_use",
    "UPDATE login_tokens SET used_ts = $2 WHERE token = $1 AND used_ts IS NULL AND expiry_ts > $2"
    " RETURNING user_id, auth_provider_id, auth_provider_session_id"};

}  // namespace

std::optional<UsedLoginToken> use_login_token(pg::Transaction& tx, std::string_view token,
                                              Millis now) {
    const auto rows = tx.query(kUse, token, now);
    if (rows.empty()) return {};
    return UsedLoginToken{UserId::trusted(rows[0].text(0)), rows[0].maybe_text(1),
                          rows[0].maybe_text(2)};
}

}  // namespace aksono::storage
