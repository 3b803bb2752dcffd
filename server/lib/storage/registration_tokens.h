// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "pg/transaction.h"

#include <string_view>

namespace aksono::storage {

/// Whether somebody may register with the token now: it is there, has not expired, and is not used
/// up by those who have registered and those who are about to. `uses_allowed` 0 is no limit.
bool is_registration_token_valid(pg::Transaction& tx, std::string_view token, Millis now);

/// Counts one more who is about to register. False when the token is not valid.
bool take_registration_token(pg::Transaction& tx, std::string_view token, Millis now);

/// One who was about to register has done so.
void complete_registration_token(pg::Writer& tx, std::string_view token);

}  // namespace aksono::storage
