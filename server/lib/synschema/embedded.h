// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace aksono::synschema {

/// Text of catalogue/NAME as it was when the program was built. Throws std::out_of_range.
std::string_view embedded_file(std::string_view name);

}  // namespace aksono::synschema
