// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"

#include <string>
#include <vector>

namespace aksono::sync {

/// A filter's event_fields: the parts of `event` that dotted paths name; `\.` is a dot within a
/// key,
/// `\\` a backslash. What is not there is left out.
Json only_fields(const Json& event, const std::vector<std::string>& fields);

}  // namespace aksono::sync
