// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pg/transaction.h"

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>

namespace aksono::users {

/// Ids of a table that has no sequence: the highest one plus one, counted in memory by the one
/// process that writes. Forgets its count when somebody else turns out to have written.
class CountedIds {
public:
    /// `highest` reads the highest id there is.
    explicit CountedIds(std::function<std::int64_t(pg::Transaction&)> highest)
        : highest_(std::move(highest)) {}

    std::int64_t next(pg::Transaction& tx);
    /// After an insert failed because the id was taken.
    void forget();

private:
    std::function<std::int64_t(pg::Transaction&)> highest_;
    std::mutex mutex_;
    std::optional<std::int64_t> last_;
};

}  // namespace aksono::users
