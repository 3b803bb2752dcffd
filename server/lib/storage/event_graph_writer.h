// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "storage/event_write.h"

namespace aksono::storage {

/// Where the events stand in their rooms' graphs: event_edges, event_forward_extremities,
/// stream_ordering_to_exterm, event_to_state_groups.
void write_event_graph(pg::Writer& writer, const std::vector<const EventWrite*>& events);

}  // namespace aksono::storage
