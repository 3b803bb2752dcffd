// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "forecast.h"

namespace aksono::migrate {

/// For an admin to read: every statement of every delta, the locks it holds, what follows.
std::string plan_text(const std::string& database, const Upgradable& found,
                      const Forecast& forecast);

/// The same without the statements: a few lines.
std::string plan_summary(const std::string& database, const Upgradable& found,
                         const Forecast* forecast);

/// «Synapse 1.100.0 to 1.163.2» can start on a database of this compat version.
std::string releases_text(std::optional<int> compat);

/// "3 s", "2 min": how long something takes.
std::string duration_text(double seconds);

}  // namespace aksono::migrate
