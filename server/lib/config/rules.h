// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/section.h"

namespace aksono::config {

/// Refuses what Synapse 1.163.2 does not start with and no type tells: sets of words, options that
/// need or exclude each other, options that are no more. Mostly of what is not built here, so that
/// one file is good for both servers.
void check_rules(const Section& root);

}  // namespace aksono::config
