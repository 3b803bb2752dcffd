// SPDX-License-Identifier: Apache-2.0
#include "storage/experimental_features.h"

namespace aksono::storage {

namespace {
constexpr pg::Statement kFind{"experimental_feature_find",
                              "SELECT enabled FROM per_user_experimental_features"
                              " WHERE user_id = $1 AND feature = $2"};
}

std::optional<bool> experimental_feature(pg::Transaction& tx, const UserId& user,
                                         const std::string& feature) {
    const auto rows = tx.query(kFind, user, feature);
    if (rows.empty()) return std::nullopt;
    return rows[0].boolean(0);
}

}  // namespace aksono::storage
