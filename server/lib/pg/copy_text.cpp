// SPDX-License-Identifier: Apache-2.0
#include "pg/copy_text.h"

namespace aksono::pg {

namespace {

/// Bytes that follow a first byte, and the range that the first of them must be in: overlong forms,
/// surrogates and what lies beyond U+10FFFF are none of UTF-8 (RFC 3629, section 4).
struct Sequence {
    int more = -1;
    unsigned char low = 0x80;
    unsigned char high = 0xbf;
};

Sequence sequence_of(unsigned char first) {
    if (first >= 0xc2 && first <= 0xdf) return {1};
    if (first == 0xe0) return {2, 0xa0, 0xbf};
    if (first == 0xed) return {2, 0x80, 0x9f};
    if (first >= 0xe1 && first <= 0xef) return {2};
    if (first == 0xf0) return {3, 0x90, 0xbf};
    if (first >= 0xf1 && first <= 0xf3) return {3};
    if (first == 0xf4) return {3, 0x80, 0x8f};
    return {};
}

}  // namespace

bool holds_text(std::string_view value) {
    for (std::size_t i = 0; i < value.size();) {
        const auto first = static_cast<unsigned char>(value[i++]);
        if (first == 0) return false;
        if (first < 0x80) continue;
        auto [more, low, high] = sequence_of(first);
        if (more < 0 || value.size() - i < static_cast<std::size_t>(more)) return false;
        for (; more > 0; --more) {
            const auto byte = static_cast<unsigned char>(value[i++]);
            if (byte < low || byte > high) return false;
            low = 0x80;
            high = 0xbf;
        }
    }
    return true;
}

void CopyText::separate() {
    if (columns_++ > 0) text_ += '\t';
}

void CopyText::null() {
    separate();
    text_ += "\\N";
}

void CopyText::text(std::string_view value) {
    separate();
    for (const char c : value) {
        switch (c) {
            case '\\':
                text_ += "\\\\";
                break;
            case '\n':
                text_ += "\\n";
                break;
            case '\r':
                text_ += "\\r";
                break;
            case '\t':
                text_ += "\\t";
                break;
            default:
                text_ += c;
        }
    }
}

void CopyText::bytes(std::string_view value) {
    static constexpr char kDigits[] = "0123456789abcdef";
    separate();
    text_ += "\\\\x";
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        text_ += kDigits[byte >> 4];
        text_ += kDigits[byte & 15];
    }
}

void CopyText::integer(std::int64_t value) {
    separate();
    text_ += std::to_string(value);
}

void CopyText::end_row() {
    text_ += '\n';
    row_begin_ = text_.size();
    columns_ = 0;
    ++rows_;
}

void CopyText::drop_row() {
    text_.resize(row_begin_);
    columns_ = 0;
}

void CopyText::clear() {
    text_.clear();
    row_begin_ = 0;
    columns_ = 0;
    rows_ = 0;
}

}  // namespace aksono::pg
