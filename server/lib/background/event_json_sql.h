// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>

namespace aksono::background {

/// The JSON of an event, of column j.json, as type json. PostgreSQL refuses to look into JSON that
/// has U+0000 anywhere, and no text can hold it: U+FFFD takes its place.
inline constexpr char kEventJson[] = R"((CASE WHEN position('\u0000' IN j.json) = 0 THEN j.json
    ELSE regexp_replace(j.json, '(?<!\\)((?:\\\\)*)\\u0000', '\1\\ufffd', 'g') END)::json)";

/// One text out of several, at compile time; data() is what a pg::Statement takes.
template <std::size_t... sizes>
consteval auto joined(const char (&... parts)[sizes]) {
    std::array<char, (sizes + ...) - sizeof...(sizes) + 1> text{};
    std::size_t end = 0;
    const auto append = [&](const char* part, std::size_t size) {
        for (std::size_t i = 0; i + 1 < size; ++i)
            text[end++] = part[i];
    };
    (append(parts, sizes), ...);
    return text;
}

}  // namespace aksono::background
