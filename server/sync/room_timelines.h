// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "storage/event_reader.h"
#include "sync/sync_room.h"
#include "sync/visibility.h"

#include <unordered_map>
#include <vector>

namespace aksono::sync {

/// Fills the timelines of many rooms at once: a few statements a pass, and as many passes as the
/// room needs whose events are hidden or filtered most, up to a limit.
class RoomTimelines {
public:
    RoomTimelines(pg::Transaction& tx, storage::EventReader& reader, const EventFilter& filter,
                  Viewer viewer)
        : tx_(tx), reader_(reader), filter_(filter), viewer_(std::move(viewer)) {}

    void load(const std::vector<SyncRoom*>& rooms);

    /// The viewer's membership at each event that was looked at.
    [[nodiscard]] const std::unordered_map<std::string, std::string>& memberships() const {
        return memberships_;
    }

private:
    struct Progress {
        SyncRoom* room = nullptr;
        std::int64_t until = 0;  ///< what is newer has been looked at
        /// In a room that is read by depth: what is deeper has been looked at.
        storage::DepthPosition before = storage::kDeepest;
        bool exhausted = false;  ///< there is nothing older
        /// Before the oldest of the events that were looked at first.
        std::optional<std::int64_t> start;
        std::size_t dropped = 0;  ///< not to be had: redactions of nothing
        std::vector<storage::EventRow> rows;
        std::vector<std::string> state_ids;  ///< state events of the stretch
    };

    /// `first`, `second`, `further`: events to look at in each pass.
    void load(std::vector<Progress*> open, std::int64_t first, std::int64_t second,
              std::int64_t further);
    void read_rows(std::vector<Progress*>& rooms, std::int64_t count);
    void take_events(std::vector<Progress*>& rooms, bool first);
    void note_rows(Progress& progress, const storage::EventMap& loaded, bool first) const;
    void finish(Progress& progress) const;
    [[nodiscard]] bool needs_more(const Progress& progress, bool first) const;

    pg::Transaction& tx_;
    storage::EventReader& reader_;
    const EventFilter& filter_;
    Viewer viewer_;
    std::unordered_map<std::string, std::string> memberships_;
    std::unordered_map<std::string, std::int64_t> groups_;
};

}  // namespace aksono::sync
