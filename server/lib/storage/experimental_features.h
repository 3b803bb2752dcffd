// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ids.h"
#include "pg/transaction.h"

#include <optional>
#include <string>

namespace aksono::storage {

/// What an admin switched for one user (per_user_experimental_features): true or false, nothing
/// where no admin did. `feature` without suffix: «msc3881».
std::optional<bool> experimental_feature(pg::Transaction& tx, const UserId& user,
                                         const std::string& feature);

}  // namespace aksono::storage
