// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ids.h"
#include "pg/transaction.h"

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace aksono::storage {

/// What the database knows about one user's push rules.
struct StoredPushRules {
    /// A row of push_rules.
    struct Rule {
        std::string rule_id;  ///< «global/<kind>/<id>»
        /// 5 override, 4 content, 3 room, 2 sender, 1 underride; -1: other actions for a
        /// server-default rule.
        int priority_class = 0;
        std::string conditions;  ///< JSON text
        std::string actions;     ///< JSON text
    };
    std::vector<Rule> rules;  ///< in the order in which they are tried, within each class
    std::unordered_map<std::string, bool> enabled;  ///< push_rules_enable, by rule_id
};

/// Rules of many users in one statement; users without any are absent.
std::unordered_map<UserId, StoredPushRules> load_push_rules(pg::Transaction& tx,
                                                            const std::vector<UserId>& users);

/// Users whose rules changed after this position of push_rules_stream.
std::vector<UserId> push_rules_changed_since(pg::Transaction& tx, std::int64_t position);

}  // namespace aksono::storage
