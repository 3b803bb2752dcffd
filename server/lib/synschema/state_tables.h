// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace aksono::synschema {

/// With `databases:` that keep `state` apart, these are in that database, the others in main's.
bool is_state_table(std::string_view name);

/// The bookkeeping, which each of the databases has for itself.
bool is_common_table(std::string_view name);

}  // namespace aksono::synschema
