// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "audit/event_proof.h"
#include "audit/state_rows.h"

namespace aksono::audit {

/// An event with its room's version, to be judged by what came before it.
struct Judged {
    const WrittenEvent* event = nullptr;
    int version = 0;
};

/// By event id.
using FlawsByEvent = std::map<std::string, Flaws>;

struct StateVerdict {
    FlawsByEvent flaws;
    /// Events whose state before could not be told: what they follow is not here, or a fork in a
    /// room of version 1.
    std::vector<std::string> open;
};

/// Judges events by the state before them: that their state group is it (with the event on top),
/// that they name the right auth_events, and that the rules of their room let them in.
/// Some ten statements for all of them, some more for each state that has to be compared whole or
/// resolved.
StateVerdict judge_by_state(pg::Transaction& tx, const std::vector<Judged>& events,
                            const std::string& server_name);

}  // namespace aksono::audit
