// SPDX-License-Identifier: Apache-2.0
#include "storage/registration_tokens.h"

namespace aksono::storage {

namespace {

constexpr pg::Statement kValid{
    "registration_token_valid",
    "SELECT FROM registration_tokens WHERE token = $1"
    " AND (expiry_time IS NULL OR expiry_time >= $2)"
    " AND (coalesce(uses_allowed, 0) = 0 OR pending + completed < uses_allowed)"};

constexpr pg::Statement kTake{
    "registration_token_take",
    "UPDATE registration_tokens SET pending = pending + 1 WHERE token = $1"
    " AND (expiry_time IS NULL OR expiry_time >= $2)"
    " AND (coalesce(uses_allowed, 0) = 0 OR pending + completed < uses_allowed)"};

constexpr pg::Statement kComplete{
    "registration_token_complete",
    "UPDATE registration_tokens SET pending = pending - 1, completed = completed + 1"
    " WHERE token = $1"};

}  // namespace

bool is_registration_token_valid(pg::Transaction& tx, std::string_view token, Millis now) {
    return !tx.query(kValid, token, now).empty();
}

bool take_registration_token(pg::Transaction& tx, std::string_view token, Millis now) {
    return tx.query(kTake, token, now).affected() == 1;
}

void complete_registration_token(pg::Writer& tx, std::string_view token) {
    tx.write(kComplete, token);
}

}  // namespace aksono::storage
