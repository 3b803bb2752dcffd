// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "upgrade_target.h"

namespace aksono::migrate {

/// For an admin to read: every statement of every delta, the locks it holds, what follows.
std::string plan_text(const std::string& database, const Upgradable& found);

/// The same without the statements: a few lines.
std::string plan_summary(const std::string& database, const Upgradable& found);

}  // namespace aksono::migrate
