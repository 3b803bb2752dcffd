// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace aksono {

/// The escapes that JSON and Python's repr() share; empty for every other character.
constexpr std::string_view short_escape(char c) {
    switch (c) {
        case '\\':
            return "\\\\";
        case '\n':
            return "\\n";
        case '\r':
            return "\\r";
        case '\t':
            return "\\t";
        default:
            return {};
    }
}

}  // namespace aksono
