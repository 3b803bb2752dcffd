// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "config/writers.h"
#include "pg/transaction.h"

#include <cstdint>
#include <string>
#include <vector>

namespace aksono::storage {

/// What another process with caches of its own must forget, under Synapse's names.
struct CacheInvalidation {
    std::string function;
    std::vector<std::string> keys;
    bool all = false;  ///< every entry of the cache: the row has no keys at all
    std::string instance = config::kMainProcess;  ///< the process that it would come from
};

/// Everything that is remembered about a room's current state.
CacheInvalidation current_state_invalidation(std::string_view room_id);

/// `stream_ids`: one of the caches' stream for each.
void insert_cache_invalidations(pg::Writer& tx, const std::vector<CacheInvalidation>& what,
                                const std::vector<std::int64_t>& stream_ids, Millis now);

}  // namespace aksono::storage
