// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ids.h"
#include "base/json.h"
#include "pg/transaction.h"

namespace aksono::push {

/// A user's rules as GET /pushrules/ answers them, and as m.push_rules holds them in /sync:
/// {"global": {"override": […], …}}. One statement.
Json push_rules_of(pg::Transaction& tx, const UserId& user);

}  // namespace aksono::push
