// SPDX-License-Identifier: Apache-2.0
#include "storage/push_rules.h"

namespace aksono::storage {

namespace {

constexpr pg::Statement kLoad{
    "push_rules_load",
    "SELECT user_name, rule_id, priority_class, conditions, actions, priority, NULL::boolean"
    " FROM push_rules WHERE user_name = ANY($1::text[])"
    " UNION ALL SELECT user_name, rule_id, NULL, NULL, NULL, NULL, enabled <> 0"
    " FROM push_rules_enable WHERE user_name = ANY($1::text[]) AND enabled IS NOT NULL"
    " ORDER BY 1, 3 DESC, 6 DESC"};

constexpr pg::Statement kChanged{
    "push_rules_changed",
    "SELECT DISTINCT user_id FROM push_rules_stream WHERE stream_id > $1::bigint"};

}  // namespace

std::unordered_map<UserId, StoredPushRules> load_push_rules(pg::Transaction& tx,
                                                            const std::vector<UserId>& users) {
    std::unordered_map<UserId, StoredPushRules> found;
    if (users.empty()) return found;
    for (const auto& row : tx.query(kLoad, users)) {
        StoredPushRules& user = found[UserId::trusted(row.text(0))];
        if (const auto enabled = row.maybe_boolean(6)) {
            user.enabled.insert_or_assign(row.text(1), *enabled);
        } else {
            user.rules.push_back(
                {row.text(1), static_cast<int>(row.integer(2)), row.text(3), row.text(4)});
        }
    }
    return found;
}

std::vector<UserId> push_rules_changed_since(pg::Transaction& tx, std::int64_t position) {
    std::vector<UserId> users;
    for (const auto& row : tx.query(kChanged, position)) {
        users.push_back(UserId::trusted(row.text(0)));
    }
    return users;
}

}  // namespace aksono::storage
