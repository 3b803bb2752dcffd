// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "datacheck/probe.h"
#include "synschema/background_updates.h"
#include "synschema/schema.h"

namespace aksono::datacheck {

/// Where a unique index or constraint is missing, or invalid, duplicates can have got in, and keep
/// it from being made again. One question for each side that lacks any; `wanted` is the schema as
/// it should be. What a background update is still to build is left alone.
void add_duplicate_probes(const synschema::Schema& live, const synschema::Schema& wanted,
                          const synschema::Excuses& excuses, Probes& probes);

}  // namespace aksono::datacheck
