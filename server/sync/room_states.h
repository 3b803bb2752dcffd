// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "storage/event_reader.h"
#include "storage/state_reader.h"
#include "sync/filter.h"
#include "sync/sync_room.h"

#include <set>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace aksono::sync {

/// Fills the state sections of many rooms at once: what a client must know beside the timeline to
/// have the room's state before, and after, the timeline's events.
class RoomStates {
public:
    RoomStates(pg::Transaction& tx, storage::EventReader& reader, const SyncFilter& filter,
               const std::string& user)
        : tx_(tx), reader_(reader), filter_(filter), user_(user) {}

    void load(const std::vector<SyncRoom*>& rooms);

private:
    struct Wanted {
        SyncRoom* room = nullptr;
        bool whole = false;             ///< all state, or what changed since the client's token
        bool only_members = false;      ///< nothing changed unseen, members are loaded lazily
        bool everyone = false;          ///< a room that was left: whoever its members are
        bool lazy = false;              ///< members are loaded lazily
        std::set<std::string> members;  ///< when loading lazily: whose membership is wanted

        /// No other membership than these can be wanted; else those that changed are, too.
        [[nodiscard]] bool few_members() const {
            return lazy && !everyone && (whole || only_members);
        }
        [[nodiscard]] bool wants_member(const std::string& user) const {
            return everyone || members.contains(user);
        }
        std::optional<std::int64_t> known_group;  ///< what the client knows
        std::vector<std::string> ids;
    };

    [[nodiscard]] std::vector<Wanted> choose(const std::vector<SyncRoom*>& rooms) const;
    void find_groups(std::vector<Wanted>& wanted);
    using States = std::unordered_map<std::int64_t, storage::StateMap>;

    [[nodiscard]] storage::StateFilter database_filter(const std::vector<Wanted>& wanted,
                                                       bool few_members) const;
    [[nodiscard]] States load_states(const std::vector<Wanted>& wanted) const;
    void pick(Wanted& wanted, const States& states) const;
    [[nodiscard]] std::optional<std::string> member_of_another(const Wanted& wanted) const;
    [[nodiscard]] std::unordered_set<std::string> told(const Wanted& wanted,
                                                       const States& states) const;
    [[nodiscard]] bool keep(const Wanted& wanted, const storage::StateKey& key) const;

    pg::Transaction& tx_;
    storage::EventReader& reader_;
    const SyncFilter& filter_;
    const std::string& user_;
};

}  // namespace aksono::sync
