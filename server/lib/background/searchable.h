// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace aksono::background {

/// What a display name is found by: in Unicode form NFKC and lower case, which PostgreSQL makes of
/// ASCII only where its locale is C.
std::string searchable(std::string_view display_name);

}  // namespace aksono::background
