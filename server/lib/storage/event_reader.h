// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/lru_cache.h"
#include "pg/transaction.h"
#include "storage/event.h"

#include <string>
#include <vector>

namespace aksono::storage {

/// Reads events, many at once, through a cache of those used last.
///
/// Cache: key event id; filled from event_json, events, redactions, rejections and rooms; `forget`
/// is called for the target of each redaction when the events stream passes it, and for events that
/// are censored, purged or rejected after the fact.
class EventReader {
public:
    explicit EventReader(std::size_t cache_size) : cache_(cache_size) {}

    /// Those of `ids` that the database has, redactions applied; rejected events and outliers too,
    /// but no redactions that are for nothing in their room: those may come to count later.
    /// One statement for what is not in the cache, one more when redactions are among it, and two
    /// when something of it was redacted (four when those redactions were redacted as well).
    EventMap load(pg::Transaction& tx, const std::vector<std::string>& ids);

    /// One event; nullptr when there is none.
    EventPtr load_one(pg::Transaction& tx, const std::string& id);

    /// With a redaction also what it redacted, which is shown with it.
    void forget(const std::string& id);
    void forget_all() { cache_.clear(); }

private:
    struct Loaded;
    struct Redactions;
    std::vector<Loaded> fetch(pg::Transaction& tx, const std::vector<std::string>& ids);
    Redactions fetch_redactions(pg::Transaction& tx, const std::vector<Loaded>& events);
    void drop_void_redactions(pg::Transaction& tx, std::vector<Loaded>& loaded);

    LruCache<std::string, EventPtr> cache_;
};

}  // namespace aksono::storage
