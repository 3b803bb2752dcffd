// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "forecast.h"
#include "synschema/readable_json.h"

namespace aksono::migrate {

/// One physical database of `plan --json`.
synschema::OrderedJson plan_json(const Site& site, const Upgradable& found,
                                 const Forecast& forecast);

}  // namespace aksono::migrate
