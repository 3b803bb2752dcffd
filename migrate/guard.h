// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/target.h"

namespace aksono::migrate {

/// Throws cli::Unsuitable when somebody is connected who may be a Synapse: every session but those
/// of Aksono.
void refuse_company(pg::Transaction& tx, const std::string& database);

/// Takes the lock that lets one aksono-migrate work on a database at a time, until `tx` ends;
/// throws cli::Unsuitable when another has it.
void be_the_only_migrate(pg::Transaction& tx, const std::string& database);

/// Until `tx` ends, a Synapse that starts waits with its port closed; servers that run go on.
void hold_up_starting_servers(pg::Transaction& tx);

}  // namespace aksono::migrate
