// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/section.h"

namespace aksono::config {

/// Refuses options of a wrong type where Synapse 1.163.2 does not start with them either, also
/// those that are ignored here: one file must be good for both servers.
void check_shapes(const Section& root);

}  // namespace aksono::config
