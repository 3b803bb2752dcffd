// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pg/transaction.h"

#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace aksono::storage {

/// One of Synapse's multi-writer streams, as its one writer sees it. Ids come from the stream's
/// sequence and may commit in any order; `position()` is the highest id below which none is in
/// flight, and the only number that may go into a token or into stream_positions.
class Stream {
public:
    /// `name` as in stream_positions; `sequence` as in the schema.
    Stream(std::string name, std::string sequence);
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    /// Ids in flight. Its end, by commit or otherwise, releases them: keep it alive until the
    /// transaction that uses the ids has committed or failed.
    class Lease {
    public:
        Lease(Lease&& other) noexcept;
        Lease& operator=(Lease&&) = delete;
        ~Lease();
        [[nodiscard]] const std::vector<std::int64_t>& ids() const { return ids_; }
        [[nodiscard]] std::int64_t id() const { return ids_.front(); }

    private:
        friend class Stream;
        Lease(Stream* stream, std::vector<std::int64_t> ids)
            : stream_(stream), ids_(std::move(ids)) {}
        Stream* stream_;
        std::vector<std::int64_t> ids_;
    };

    /// Takes `count` ids from the sequence in one statement.
    Lease reserve(pg::Transaction& tx, int count = 1);

    [[nodiscard]] std::int64_t position() const;
    /// The highest value that the sequence can stand at when nobody but us draws from it.
    [[nodiscard]] std::int64_t ceiling() const;
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] const std::string& sequence() const { return sequence_; }

    /// At start: what the database says is persisted. Never moves backwards.
    void advance_to(std::int64_t position);

private:
    void release(const std::vector<std::int64_t>& ids);

    const std::string name_;
    const std::string sequence_;
    mutable std::mutex mutex_;
    std::int64_t highest_ = 1;  // handed out or persisted
    std::int64_t ceiling_ = 1;  // counted before the sequence is asked
    std::multiset<std::int64_t> in_flight_;
};

/// All streams of the schema, in the order in which tokens list them where they are in tokens.
struct Streams {
    Stream events{"events", "events_stream_seq"};
    Stream presence{"presence_stream", "presence_stream_sequence"};
    Stream receipts{"receipts", "receipts_sequence"};
    Stream account_data{"account_data", "account_data_sequence"};
    Stream push_rules{"push_rules_stream", "push_rules_stream_sequence"};
    Stream to_device{"to_device", "device_inbox_sequence"};
    Stream device_lists{"device_lists_stream", "device_lists_sequence"};
    Stream un_partial_stated_rooms{"un_partial_stated_room_stream",
                                   "un_partial_stated_room_stream_sequence"};
    Stream un_partial_stated_events{"un_partial_stated_event_stream",
                                    "un_partial_stated_event_stream_sequence"};
    Stream thread_subscriptions{"thread_subscriptions", "thread_subscriptions_sequence"};
    Stream sticky_events{"sticky_events", "sticky_events_sequence"};
    Stream quarantined_media{"quarantined_media", "quarantined_media_id_seq"};
    Stream profile_updates{"profile_updates", "profile_updates_sequence"};
    Stream pushers{"pushers", "pushers_sequence"};
    Stream caches{"caches", "cache_invalidation_stream_seq"};
    Stream cross_signing_keys{"e2e_cross_signing_keys", "e2e_cross_signing_keys_sequence"};
    // Typing has no rows: its ids live in memory and start at 1 with each process.
};

}  // namespace aksono::storage
