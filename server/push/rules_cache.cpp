// SPDX-License-Identifier: Apache-2.0
#include "push/rules_cache.h"

namespace aksono::push {

RulesCache::RulesCache(std::size_t capacity)
    : defaults_(std::make_shared<const UserRules>()), cache_(capacity) {}

/// Whether the cache stands where `tx` does, after moving it there if it was behind. A transaction
/// that is behind the cache must not put anything into it.
bool RulesCache::follow(pg::Transaction& tx, const storage::PushMarks& marks) {
    std::int64_t since = 0;
    {
        const std::lock_guard lock(mutex_);
        if (!started_) {
            started_ = true;
            last_ = marks.rules_last;
            sum_ = marks.rules_sum;
            first_ = marks.rules_first;
        }
        if (marks.rules_last == last_ && marks.rules_sum == sum_) return true;
        if (marks.rules_last < last_) return false;
        since = first_;
    }
    const auto changed = storage::push_rules_changed_since(tx, since - 1);
    const std::lock_guard lock(mutex_);
    for (const auto& user : changed)
        cache_.invalidate(user);
    if (marks.rules_last < last_) return false;
    last_ = marks.rules_last;
    sum_ = marks.rules_sum;
    first_ = marks.rules_first;
    return true;
}

std::vector<std::shared_ptr<const UserRules>> RulesCache::rules_of(
    pg::Transaction& tx, const storage::PushMarks& marks, const std::vector<UserId>& users) {
    const bool may_put = follow(tx, marks);
    const auto generation = cache_.generation();
    std::vector<std::shared_ptr<const UserRules>> rules(users.size());
    std::vector<UserId> missing;
    for (std::size_t i = 0; i < users.size(); ++i) {
        if (auto cached = may_put ? cache_.get(users[i]) : std::nullopt) {
            rules[i] = std::move(*cached);
        } else {
            missing.push_back(users[i]);
        }
    }
    if (missing.empty()) return rules;
    const auto stored = storage::load_push_rules(tx, missing);
    for (std::size_t i = 0; i < users.size(); ++i) {
        if (rules[i] != nullptr) continue;
        const auto it = stored.find(users[i]);
        rules[i] = it == stored.end() ? defaults_ : std::make_shared<const UserRules>(it->second);
        if (may_put) cache_.put(users[i], rules[i], generation);
    }
    return rules;
}

}  // namespace aksono::push
