// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "storage/event_write.h"

namespace aksono::storage {

/// What events are found by: event_txn_id_device_id, event_search, event_labels, event_relations,
/// threads, redactions.
void write_event_indexes(pg::Writer& writer, const std::vector<const EventWrite*>& events);

}  // namespace aksono::storage
