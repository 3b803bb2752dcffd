// SPDX-License-Identifier: Apache-2.0
#include "background/searchable.h"

#include <stdexcept>

#include <unicode/bytestream.h>
#include <unicode/casemap.h>
#include <unicode/normalizer2.h>

namespace aksono::background {

std::string searchable(std::string_view display_name) {
    UErrorCode status = U_ZERO_ERROR;
    std::string normal;
    icu::StringByteSink<std::string> normal_sink(&normal);
    const auto* nfkc = icu::Normalizer2::getNFKCInstance(status);
    if (U_SUCCESS(status)) {
        const icu::StringPiece text(display_name.data(), static_cast<int32_t>(display_name.size()));
        nfkc->normalizeUTF8(0, text, normal_sink, nullptr, status);
    }
    std::string lower;
    icu::StringByteSink<std::string> lower_sink(&lower);
    icu::CaseMap::utf8ToLower("", 0, {normal.data(), static_cast<int32_t>(normal.size())},
                              lower_sink, nullptr, status);
    if (U_FAILURE(status)) throw std::runtime_error("Unicode normalisation failed");
    return lower;
}

}  // namespace aksono::background
