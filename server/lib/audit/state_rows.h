// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "audit/resolution.h"
#include "pg/transaction.h"

#include <cstdint>
#include <set>

namespace aksono::audit {

using Group = std::int64_t;  ///< a state group

/// event_to_state_groups of some events; those without a group are left out.
std::map<std::string, Group> read_groups(pg::Transaction& tx, const std::set<std::string>& events);

struct GroupKey {
    Group group = 0;
    StateKey key;
    auto operator<=>(const GroupKey&) const = default;
};

/// Which event a group has under a key; without it: no such state. A group has what it is stored
/// with, and for the rest what the groups before it have.
std::map<GroupKey, std::string> read_state(pg::Transaction& tx, const std::set<GroupKey>& wanted);

/// What the rules see of some events, by id. `version_of`: room id → number of its version.
std::map<std::string, Fact> read_facts(pg::Transaction& tx, const std::set<std::string>& events,
                                       const std::map<std::string, int>& version_of);

/// The whole states of groups; a group without state has an empty one.
std::map<Group, StateIds> read_whole_states(pg::Transaction& tx, const std::set<Group>& groups);

/// What leads from `events` to all of their auth chains.
AuthGraph read_auth_graph(pg::Transaction& tx, const std::set<std::string>& events);

struct StateDifference {
    StateKey key;
    std::string in_first;  ///< event id; empty: nothing
    std::string in_second;
};

/// Where the whole states of two groups differ, up to ten keys of it. Reads both.
std::vector<StateDifference> read_difference(pg::Transaction& tx, std::optional<Group> first,
                                             std::optional<Group> second);

/// Of (group, the group before it) those where the second is all that the first is stored on, and
/// the first is stored with one key only: → that key's event.
std::map<Group, std::string> read_single_steps(pg::Transaction& tx,
                                               const std::map<Group, Group>& pairs);

}  // namespace aksono::audit
