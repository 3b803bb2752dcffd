// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace aksono::push {

/// Unicode lower case of UTF-8 text, independent of any language, with the final sigma.
std::string lower_case(std::string_view text);

}  // namespace aksono::push
