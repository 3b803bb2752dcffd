// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "datacheck/probe.h"

namespace aksono::datacheck {

/// Every question there is, in the order in which they are asked.
Probes all_probes();

// By what they are about; each adds its own.

/// events, event_json and what refers to them.
void add_event_probes(Probes& probes);

}  // namespace aksono::datacheck
