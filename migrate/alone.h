// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "upgrade_target.h"

namespace aksono::migrate {

/// Makes sure that nobody else is at work in the database, and that no Synapse, Aksono or
/// aksono-migrate can start before the transaction has ended. Throws cli::Unsuitable.
void take_the_database(pg::Transaction& tx, const Site& site);

/// Other sessions, one sentence; nothing when there are none. Sessions of an aksono-migrate that
/// was killed are waited for, a few seconds.
std::optional<std::string> company(pg::Transaction& tx, const Site& site);

}  // namespace aksono::migrate
