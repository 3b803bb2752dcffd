// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "datacheck/probe.h"
#include "datacheck/progress.h"
#include "synschema/background_updates.h"
#include "synschema/live_database.h"

#include <set>

namespace aksono::datacheck {

/// What is known of one database before its rows are asked.
struct Surroundings {
    const synschema::LiveDatabase* main = nullptr;
    const synschema::LiveDatabase* state = nullptr;  ///< the same as `main`, or the other one
    synschema::Excuses excuses;                      ///< of pending background updates
    std::set<std::string> unreadable;                ///< tables we have no rights on
};

/// Why a probe is not to be asked.
struct Obstacle {
    Gap gap = Gap::none;  ///< none: it is no matter here, nothing to tell
    std::string why;
};

/// Empty: it can be asked.
std::optional<Obstacle> obstacle(const Probe& probe, const Surroundings& surroundings);

}  // namespace aksono::datacheck
