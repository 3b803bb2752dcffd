// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "events/known_events.h"

#include <unordered_map>
#include <vector>

namespace aksono::events {

/// A room's state while it is resolved: a state to begin with, and what has been put on top of it.
class ResolvedState {
public:
    /// `base` must outlive this.
    explicit ResolvedState(const StateMap& base) : base_(base) {}

    /// nullptr where there is none.
    [[nodiscard]] const Event* find(const StateKey& key, KnownEvents& known) const;
    void set(const Event& event);
    /// What was put on top.
    [[nodiscard]] const std::map<StateKey, const Event*>& changes() const { return changes_; }

private:
    const StateMap& base_;
    std::map<StateKey, const Event*> changes_;
};

/// Applies those of `events`, one after the other, that the state so far allows.
/// https://spec.matrix.org/latest/rooms/v2/#definitions «Iterative auth checks»
void apply_allowed(ResolvedState& state, const std::vector<const Event*>& events,
                   KnownEvents& known);

}  // namespace aksono::events
