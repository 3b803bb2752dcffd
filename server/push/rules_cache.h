// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ids.h"
#include "base/lru_cache.h"
#include "pg/transaction.h"
#include "push/user_rules.h"
#include "storage/push_members.h"

#include <memory>
#include <mutex>
#include <vector>

namespace aksono::push {

/// Users' push rules. Key: user; follows push_rules_stream; read from the database when absent.
/// Users without rules of their own share one object. Thread-safe.
class RulesCache {
public:
    explicit RulesCache(std::size_t capacity);

    /// Rules of `users`, in their order, as `tx` sees them. `marks` were read in `tx`.
    std::vector<std::shared_ptr<const UserRules>> rules_of(pg::Transaction& tx,
                                                           const storage::PushMarks& marks,
                                                           const std::vector<UserId>& users);

private:
    bool follow(pg::Transaction& tx, const storage::PushMarks& marks);

    const std::shared_ptr<const UserRules> defaults_;
    LruCache<UserId, std::shared_ptr<const UserRules>> cache_;
    std::mutex mutex_;
    bool started_ = false;
    std::int64_t last_ = 0;
    std::int64_t sum_ = 0;
    std::int64_t first_ = 0;
};

}  // namespace aksono::push
