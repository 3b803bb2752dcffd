// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pg/transaction.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace aksono::storage {

/// Type and state key.
using StateKey = std::pair<std::string, std::string>;

/// Event ids by type and state key.
using StateMap = std::map<StateKey, std::string>;

/// Which part of a room's state is wanted. Applied in the database.
class StateFilter {
public:
    static StateFilter all() { return {}; }
    /// Only these; a missing state key stands for every key of the type.
    static StateFilter only(
        const std::vector<std::pair<std::string, std::optional<std::string>>>& keys);
    /// Everything but m.room.member, and the members named.
    static StateFilter without_members_but(const std::vector<std::string>& users);

    [[nodiscard]] bool is_all() const { return !restricted_; }

    // As parameters: $restricted, $all_but_members, $types, $keys of the statements below.
    [[nodiscard]] bool restricted() const { return restricted_; }
    [[nodiscard]] bool other_types() const { return other_types_; }
    [[nodiscard]] const std::vector<std::string>& types() const { return types_; }
    [[nodiscard]] const std::vector<std::optional<std::string>>& keys() const { return keys_; }

private:
    bool restricted_ = false;
    bool other_types_ = false;
    std::vector<std::string> types_;
    std::vector<std::optional<std::string>> keys_;
};

/// The state of state groups (state_groups_state, deltas along state_group_edges). One statement,
/// however many groups.
std::unordered_map<std::int64_t, StateMap> state_of_groups(pg::Transaction& tx,
                                                           const std::vector<std::int64_t>& groups,
                                                           const StateFilter& filter);

/// The state group of the state after each event; events without one (outliers) are left out.
std::unordered_map<std::string, std::int64_t> state_groups_of_events(
    pg::Transaction& tx, const std::vector<std::string>& event_ids);

/// current_state_events of many rooms.
std::unordered_map<std::string, StateMap> current_state(pg::Transaction& tx,
                                                        const std::vector<std::string>& room_ids,
                                                        const StateFilter& filter);

/// Which of `event_ids` are in the current state of their rooms.
std::unordered_set<std::string> current_among(pg::Transaction& tx,
                                              const std::vector<std::string>& event_ids);

/// Which of `room_ids` have a name or a canonical alias, not counting empty ones.
std::unordered_set<std::string> named_rooms(pg::Transaction& tx,
                                            const std::vector<std::string>& room_ids);

}  // namespace aksono::storage
