// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "background/update.h"

namespace aksono::background {

/// Every update of rows that is built.
Updates all_updates();

// By what they are about, one file updates_<family>.cpp each.

/// Redactions and what they are about.
void add_redaction_updates(Updates& updates);

}  // namespace aksono::background
