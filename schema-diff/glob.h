// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace aksono::schema_diff {

/// `*` stands for any text, `?` for one byte.
bool matches(std::string_view glob, std::string_view text);

bool matches_any(const std::vector<std::string>& globs, std::string_view text);

/// "a,b,c" → its parts.
std::vector<std::string> split_list(std::string_view text);

}  // namespace aksono::schema_diff
