// SPDX-License-Identifier: Apache-2.0
#include "storage/cache_invalidation.h"

#include "base/json.h"

#include <optional>

namespace aksono::storage {

namespace {

// Keys come as JSON, because arrays of arrays would all have to be of one length.
constexpr pg::Statement kInsert{
    "cache_invalidation_insert",
    "INSERT INTO cache_invalidation_stream_by_instance"
    " (stream_id, instance_name, cache_func, keys, invalidation_ts)"
    " SELECT i, p, f, CASE WHEN k IS NOT NULL"
    " THEN ARRAY(SELECT jsonb_array_elements_text(k::jsonb)) END, $5::bigint"
    " FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) AS t(i, f, k, p)"};

}  // namespace

CacheInvalidation current_state_invalidation(std::string_view room_id) {
    return {"cs_cache_fake", {std::string(room_id)}};
}

void insert_cache_invalidations(pg::Writer& tx, const std::vector<CacheInvalidation>& what,
                                const std::vector<std::int64_t>& stream_ids, Millis now) {
    std::vector<std::string> functions;
    std::vector<std::string> instances;
    std::vector<std::optional<std::string>> keys;
    for (const auto& one : what) {
        functions.push_back(one.function);
        instances.push_back(one.instance);
        keys.push_back(one.all ? std::nullopt : std::optional(dump_json(Json(one.keys))));
    }
    tx.write(kInsert, stream_ids, functions, keys, instances, now);
}

}  // namespace aksono::storage
