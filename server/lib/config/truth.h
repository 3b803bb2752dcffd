// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"

namespace aksono::config {

/// What Python's «if» takes for nothing: null, false, 0, "", [] and {}. Synapse asks many options
/// that way.
inline bool is_falsy(const Json& value) {
    if (value.is_string()) return value.get_ref<const std::string&>().empty();
    if (value.is_number()) return value.get<double>() == 0;
    if (value.is_boolean()) return !value.get<bool>();
    return value.empty();
}

}  // namespace aksono::config
