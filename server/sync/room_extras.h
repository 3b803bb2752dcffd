// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sync/sync_room.h"

#include <unordered_map>
#include <vector>

namespace aksono::sync {

/// Fills what rooms show beside events, for all of them at once: account data and tags, receipts,
/// typing, unread counts, summaries. Statements run only for streams that moved since the token.
class RoomExtras {
public:
    RoomExtras(pg::Transaction& tx, const SyncRequest& request, const SyncSources& sources,
               const StreamToken& now)
        : tx_(tx), request_(request), sources_(sources), now_(now) {}

    /// Into the account data of `rooms`; what belongs to no room, as events, is returned.
    std::vector<std::string> account_data(const std::vector<SyncRoom*>& rooms);
    void ephemeral(const std::vector<SyncRoom*>& rooms);
    void unread(const std::vector<SyncRoom*>& rooms);
    /// For rooms that are new or whose members changed, when members are loaded lazily.
    void summaries(const std::vector<SyncRoom*>& rooms);

private:
    void receipts(const std::vector<SyncRoom*>& rooms);
    void receipts_between(const std::unordered_map<std::string, SyncRoom*>& rooms,
                          std::int64_t after);
    void typing(const std::vector<SyncRoom*>& rooms);
    [[nodiscard]] bool moved(StreamToken::Field field) const;

    pg::Transaction& tx_;
    const SyncRequest& request_;
    const SyncSources& sources_;
    const StreamToken& now_;
};

}  // namespace aksono::sync
