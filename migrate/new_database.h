// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/target.h"

namespace aksono::migrate {

/// Throws cli::Unsuitable unless a Synapse's tables may be made in this database: its encoding and
/// locale are as Synapse wants them, and it can be written to.
void refuse_unsuitable(pg::Transaction& tx, const cli::Target& target);

/// Throws cli::Unsuitable when it has tables, views or sequences already.
void refuse_used(pg::Transaction& tx, const cli::Target& target, const char* verb);

}  // namespace aksono::migrate
