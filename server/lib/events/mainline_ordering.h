// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "events/known_events.h"

#include <vector>

namespace aksono::events {

/// Events that rest on older power levels come first. `power_levels` is nullptr where the partially
/// resolved state has none.
/// https://spec.matrix.org/latest/rooms/v2/#definitions «Mainline ordering»
std::vector<const Event*> order_by_mainline(const std::vector<const Event*>& events,
                                            const Event* power_levels, KnownEvents& known);

}  // namespace aksono::events
