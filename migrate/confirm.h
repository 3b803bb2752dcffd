// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "upgrade_target.h"

namespace aksono::migrate {

/// Says `what` and asks for the database's name at the terminal; throws cli::UsageError when there
/// is none (--yes says that there is a backup), or the answer is another.
void confirm(const Site& site, const std::string& what);

}  // namespace aksono::migrate
