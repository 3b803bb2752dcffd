// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "storage/event_reader.h"
#include "sync/device_part.h"
#include "sync/event_serializer.h"
#include "sync/lazy_members.h"
#include "sync/room_extras.h"
#include "sync/sync_room.h"

#include <string>
#include <unordered_set>
#include <vector>

namespace aksono::sync {

/// Puts one answer of /sync together, inside one transaction. The number of statements does not
/// depend on the number of rooms.
class SyncBuilder {
public:
    /// `now`: taken before the transaction's snapshot, so that all it covers is visible.
    SyncBuilder(pg::Transaction& tx, storage::EventReader& reader, const SyncRequest& request,
                const SyncSources& sources, StreamToken now, std::size_t token_width);

    /// `told`: the members that the device knows, brought up to date; null when all are told.
    void build(ToldMembers* told);
    /// For an answer without news: only the counts of the device's keys.
    void build_nothing_new();

    /// Something that the client does not know.
    [[nodiscard]] bool has_news() const;
    /// Rooms that the user is joined to: whose changes concern a waiting client.
    [[nodiscard]] std::vector<std::string> joined_rooms() const;
    /// The answer as JSON.
    [[nodiscard]] std::string text();

private:
    void drop_quiet_rooms(const std::vector<SyncRoom*>& with_events);
    void load_rooms();
    void mark_own_changes(const std::vector<SyncRoom*>& rooms) const;
    void load_pending();
    void load_presence();
    /// Where the client's token stands among the events.
    [[nodiscard]] std::optional<std::int64_t> token_since() const;
    void add_heroes(const std::vector<SyncRoom*>& rooms);
    void append_rooms(std::string& out);
    void append_joined(std::string& out, const SyncRoom& room) const;
    void append_left(std::string& out, const SyncRoom& room) const;
    void append_pending(std::string& out, const PendingRoom& room, std::string_view section) const;
    void append_timeline(std::string& out, const SyncRoom& room) const;
    void append_devices(std::string& out) const;

    pg::Transaction& tx_;
    storage::EventReader& reader_;
    const SyncRequest& request_;
    const SyncSources& sources_;
    StreamToken now_;
    const std::size_t token_width_;

    std::unordered_set<std::string> ignored_;
    SyncRooms rooms_;
    std::vector<std::string> all_joined_;
    ToldMembers* told_ = nullptr;
    std::vector<std::string> presence_;
    std::vector<std::string> global_account_data_;
    DevicePart devices_;
    storage::EventMap pending_events_;
    EventView view_;
    EventExtras extras_;
};

}  // namespace aksono::sync
