// SPDX-License-Identifier: Apache-2.0
#include "users/counted_ids.h"

namespace aksono::users {

std::int64_t CountedIds::next(pg::Transaction& tx) {
    const std::lock_guard lock(mutex_);
    if (!last_) last_ = highest_(tx);
    return ++*last_;
}

void CountedIds::forget() {
    const std::lock_guard lock(mutex_);
    last_.reset();
}

}  // namespace aksono::users
