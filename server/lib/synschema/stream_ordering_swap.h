// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "synschema/upgrade.h"

namespace aksono::synschema {

/// The background updates of delta 60/01, which widen events.stream_ordering to bigint: a second
/// column is filled, indexed, and takes the place of the first. Deltas from 79 on need it done.
extern const std::set<std::string> kStreamOrderingUpdates;

/// All of them at once. `shape` is the database before, and afterwards.
DeltaStep swap_stream_ordering(OrderedJson& shape, const Catalogue& texts);

}  // namespace aksono::synschema
