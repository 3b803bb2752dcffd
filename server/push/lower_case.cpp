// SPDX-License-Identifier: Apache-2.0
#include "push/lower_case.h"

#include <algorithm>

#include <unicode/bytestream.h>
#include <unicode/casemap.h>

namespace aksono::push {

std::string lower_case(std::string_view text) {
    std::string lowered;
    const bool ascii = std::ranges::all_of(text, [](unsigned char c) { return c < 0x80; });
    if (ascii) {
        lowered.resize(text.size());
        std::ranges::transform(text, lowered.begin(), [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        });
        return lowered;
    }
    icu::StringByteSink<std::string> sink(&lowered);
    UErrorCode error = U_ZERO_ERROR;
    icu::CaseMap::utf8ToLower("", 0, {text.data(), static_cast<int32_t>(text.size())}, sink,
                              nullptr, error);
    return U_SUCCESS(error) ? lowered : std::string(text);
}

}  // namespace aksono::push
