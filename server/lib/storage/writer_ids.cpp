// SPDX-License-Identifier: Apache-2.0
#include "storage/writer_ids.h"

namespace aksono::storage {

namespace {

constexpr pg::Statement kWriterIds{"writer_ids", "SELECT instance_id FROM instance_map"};

}  // namespace

std::set<std::int64_t> writer_ids(pg::Transaction& tx) {
    std::set<std::int64_t> ids;
    for (const auto& row : tx.query(kWriterIds))
        ids.insert(row.integer(0));
    return ids;
}

}  // namespace aksono::storage
