// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "events/known_events.h"

#include <vector>

namespace aksono::events {

/// Earlier events come first, then those of mightier senders.
/// https://spec.matrix.org/latest/rooms/v2/#definitions «Reverse topological power ordering»
std::vector<const Event*> order_by_power(const std::vector<const Event*>& events,
                                         KnownEvents& known);

}  // namespace aksono::events
