// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rooms/side_effects.h"

#include <cstdint>

namespace aksono::push {

/// The power level of an event's sender in the state before it; the highest number there is for
/// creators of rooms of version 12.
/// https://spec.matrix.org/latest/client-server-api/#mroompower_levels
std::int64_t sender_power(const rooms::NewEvent& event);

}  // namespace aksono::push
