// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pg/transaction.h"

#include <cstdint>
#include <set>

namespace aksono::storage {

/// The numbers by which tokens name writers (instance_map).
std::set<std::int64_t> writer_ids(pg::Transaction& tx);

}  // namespace aksono::storage
