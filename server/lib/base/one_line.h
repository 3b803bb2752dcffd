// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace aksono {

/// `text` for a log or a terminal: each run of blanks, tabs and line ends becomes one blank, none
/// stands at either end. Messages of PostgreSQL and of YAML come with line ends.
std::string one_line(std::string_view text);

}  // namespace aksono
