// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/lru_cache.h"
#include "pg/database.h"
#include "storage/event_reader.h"
#include "storage/stream.h"
#include "sync/lazy_members.h"
#include "sync/notifier.h"
#include "sync/sync_request.h"

#include <memory>
#include <string>
#include <vector>

namespace aksono::sync {

/// Answers /sync, and holds the answer back until there is something to say.
class SyncHandler {
public:
    /// `token_width`: fields of a token at the rollback floor.
    SyncHandler(pg::Database& database, storage::EventReader& reader,
                const storage::Streams& streams, Notifier& notifier, SyncSources sources,
                std::size_t token_width = StreamToken::kNewestWidth);

    /// A `since`; nothing when it is none.
    std::optional<StreamToken> read_token(Waiter& waiter, std::string_view text);
    /// The answer's JSON. Throws MatrixError and Cancelled.
    std::string sync(Waiter& waiter, const SyncRequest& request);

private:
    struct Look {
        std::string text;
        bool has_news = false;
        std::shared_ptr<const std::vector<std::string>> rooms;  ///< joined; null when not looked
    };
    /// Rooms that a user is joined to.
    /// Cache: key user; filled from local_current_membership; good for the events position that it
    /// was read at, and only a first guess later.
    struct JoinedRooms {
        std::shared_ptr<const std::vector<std::string>> rooms;
        std::int64_t position = 0;
    };

    Look look(Waiter& waiter, const SyncRequest& request);
    Look nothing_new(Waiter& waiter, const SyncRequest& request, const StreamToken& now);
    void acknowledge(Waiter& waiter, const SyncRequest& request);
    std::shared_ptr<const std::vector<std::string>> joined_rooms(Waiter& waiter,
                                                                 const std::string& user);
    [[nodiscard]] StreamToken now() const;
    std::shared_ptr<ToldMembers> told_members(const SyncRequest& request);

    pg::Database& database_;
    storage::EventReader& reader_;
    const storage::Streams& streams_;
    Notifier& notifier_;
    const SyncSources sources_;
    const std::size_t token_width_;
    LruCache<std::string, JoinedRooms> joined_{10'000};
    /// Cache: key user and device; up to where its inbox was emptied; forgetting costs a DELETE.
    LruCache<std::string, std::int64_t> acknowledged_{10'000};
    LazyMembers lazy_members_;
};

}  // namespace aksono::sync
