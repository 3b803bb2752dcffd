// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "storage/event_reader.h"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace aksono::sync {

/// What decides whether one event is shown to one user: the state after the event.
struct EventSetting {
    /// m.room.history_visibility, «shared» when there is none or it makes no sense.
    std::string visibility = "shared";
    /// The user's membership, «leave» when there is none.
    std::string membership = "leave";
    /// For the events that change one of these: what it was before.
    std::optional<std::string> previous_visibility;
    std::optional<std::string> previous_membership;
    /// The user never was in the room and only looks in from outside.
    bool peeking = false;
};

/// https://spec.matrix.org/latest/client-server-api/#room-history-visibility
bool may_see(const EventSetting& setting);

/// The value of a history_visibility event's content.
std::string visibility_of(const Json& content);

/// How long messages are shown where rooms have retention policies (`retention` of the
/// configuration). State is shown for ever.
struct Retention {
    bool enabled = false;
    std::optional<Millis> default_max_lifetime;  ///< of rooms that say nothing themselves
};

/// Who looks, and what is shown in any case.
struct Viewer {
    std::string user;
    std::unordered_set<std::string> ignored;
    bool peeking = false;
    /// Events that are shown whatever the rules say: the room's current state, in /sync.
    const std::unordered_set<std::string>* always = nullptr;
    Retention retention = {};
};

struct VisibleEvents {
    std::unordered_set<std::string> hidden;
    std::unordered_map<std::string, std::string> membership;  ///< the viewer's, by event id
    storage::EventMap pruned;  ///< what to show instead: the sender had themself erased
};

/// Judges events of any number of rooms together: at most five statements. `state_groups`: of the
/// state after each event; an event without one is an outlier.
VisibleEvents judge_visibility(pg::Transaction& tx, storage::EventReader& reader,
                               const Viewer& viewer, const std::vector<storage::EventPtr>& events,
                               const std::unordered_map<std::string, std::int64_t>& state_groups);

/// Takes out of `events` what is hidden, and puts in what is shown instead.
void keep_visible(const VisibleEvents& visible, std::vector<storage::EventPtr>& events);

}  // namespace aksono::sync
