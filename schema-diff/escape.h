// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace aksono::schema_diff {

/// For XML and HTML, in text and in attributes. Control characters that XML does not know become
/// U+FFFD.
std::string escaped(std::string_view text);

}  // namespace aksono::schema_diff
