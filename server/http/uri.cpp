// SPDX-License-Identifier: Apache-2.0
#include "http/uri.h"

#include <algorithm>
#include <cstdint>

namespace aksono::http {
namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::string form_decode(std::string_view text) {
    std::string spaced(text);
    std::replace(spaced.begin(), spaced.end(), '+', ' ');
    return percent_decode(spaced);
}

/// The bytes that may follow a lead byte directly; later ones are 80..BF.
struct Lead {
    int length;  ///< of the whole sequence; 0 = never a lead byte
    unsigned char low;
    unsigned char high;
};

/// https://www.unicode.org/versions/latest/core-spec/chapter-3/ table 3-7
Lead lead_of(unsigned char c) {
    if (c >= 0xC2 && c <= 0xDF) return {2, 0x80, 0xBF};
    if (c == 0xE0) return {3, 0xA0, 0xBF};
    if (c == 0xED) return {3, 0x80, 0x9F};
    if (c >= 0xE1 && c <= 0xEF) return {3, 0x80, 0xBF};
    if (c == 0xF0) return {4, 0x90, 0xBF};
    if (c >= 0xF1 && c <= 0xF3) return {4, 0x80, 0xBF};
    if (c == 0xF4) return {4, 0x80, 0x8F};
    return {0, 0, 0};
}

struct Sequence {
    std::size_t length;
    bool valid;
};

/// The character at the start of `bytes`, or the longest beginning of one that is cut short.
Sequence next_sequence(std::string_view bytes) {
    const auto first = static_cast<unsigned char>(bytes.front());
    if (first < 0x80) return {1, true};
    const Lead lead = lead_of(first);
    if (lead.length == 0) return {1, false};
    unsigned char low = lead.low;
    unsigned char high = lead.high;
    std::size_t length = 1;
    while (length < static_cast<std::size_t>(lead.length) && length < bytes.size()) {
        const auto c = static_cast<unsigned char>(bytes[length]);
        if (c < low || c > high) return {length, false};
        low = 0x80;
        high = 0xBF;
        ++length;
    }
    return {length, length == static_cast<std::size_t>(lead.length)};
}

}  // namespace

std::string percent_decode(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size()) {
            const int high = hex_digit(text[i + 1]);
            const int low = hex_digit(text[i + 2]);
            if (high >= 0 && low >= 0) {
                out += static_cast<char>(high * 16 + low);
                i += 2;
                continue;
            }
        }
        out += text[i];
    }
    return out;
}

std::string decode_segment(std::string_view text) {
    return replace_invalid_utf8(percent_decode(text));
}

Query parse_query(std::string_view text) {
    Query query;
    while (!text.empty()) {
        const auto end = std::min(text.find_first_of("&;"), text.size());
        const std::string_view piece = text.substr(0, end);
        const auto equals = piece.find('=');
        if (equals != piece.npos) {
            query.add(form_decode(piece.substr(0, equals)), form_decode(piece.substr(equals + 1)));
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return query;
}

std::string replace_invalid_utf8(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size());
    while (!bytes.empty()) {
        const Sequence sequence = next_sequence(bytes);
        out += sequence.valid ? bytes.substr(0, sequence.length) : "\xEF\xBF\xBD";
        bytes.remove_prefix(sequence.length);
    }
    return out;
}

bool is_valid_utf8(std::string_view bytes) {
    while (!bytes.empty()) {
        const Sequence sequence = next_sequence(bytes);
        if (!sequence.valid) return false;
        bytes.remove_prefix(sequence.length);
    }
    return true;
}

bool is_ascii(std::string_view bytes) {
    return std::none_of(bytes.begin(), bytes.end(),
                        [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

}  // namespace aksono::http
