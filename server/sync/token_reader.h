// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/waiter.h"
#include "pg/database.h"
#include "sync/stream_token.h"

#include <optional>
#include <string_view>

namespace aksono::sync {

/// A client's token; nothing when it is none, or names writers that this database does not know.
std::optional<StreamToken> read_token(Waiter& waiter, pg::Database& database,
                                      std::string_view text);

}  // namespace aksono::sync
