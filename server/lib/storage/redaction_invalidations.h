// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "storage/cache_invalidation.h"
#include "storage/event_write.h"

#include <vector>

namespace aksono::storage {

/// What other processes remember about the event that the redacted one related to, and must forget
/// because the relation is gone. Nothing for events that are no redactions.
std::vector<CacheInvalidation> redaction_invalidations(const EventWrite& event);

}  // namespace aksono::storage
