// SPDX-License-Identifier: Apache-2.0
#include "base/json_scan.h"

#include "base/escapes.h"

namespace aksono {

namespace {

std::size_t skip_blanks(std::string_view text, std::size_t at) {
    while (at < text.size() &&
           (text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r')) {
        ++at;
    }
    return at;
}

/// Behind the string that begins at `at` with its quote.
std::size_t skip_string(std::string_view text, std::size_t at) {
    for (++at; at < text.size(); ++at) {
        if (text[at] == '\\') {
            ++at;
        } else if (text[at] == '"') {
            return at + 1;
        }
    }
    return text.size();
}

/// Behind the value that begins at `at`.
std::size_t skip_value(std::string_view text, std::size_t at) {
    int depth = 0;
    while (at < text.size()) {
        const char c = text[at];
        if (c == '"') {
            at = skip_string(text, at);
            if (depth == 0) return at;
            continue;
        }
        if (c == '{' || c == '[') ++depth;
        if (c == '}' || c == ']') {
            if (depth == 0) return at;  // the end of what this value stands in
            if (--depth == 0) return at + 1;
        }
        if (depth == 0 && c == ',') return at;
        ++at;
    }
    return text.size();
}

std::string_view trim_end(std::string_view value) {
    while (!value.empty() && static_cast<unsigned char>(value.back()) <= ' ')
        value.remove_suffix(1);
    return value;
}

}  // namespace

std::vector<RawMember> scan_object(std::string_view text) {
    std::vector<RawMember> members;
    std::size_t at = skip_blanks(text, 0);
    if (at >= text.size() || text[at] != '{') return members;
    ++at;
    while (true) {
        at = skip_blanks(text, at);
        if (at >= text.size() || text[at] != '"') return members;
        const auto key_end = skip_string(text, at);
        const auto key = text.substr(at + 1, key_end - at - 2);
        at = skip_blanks(text, key_end);
        if (at >= text.size() || text[at] != ':') return members;
        at = skip_blanks(text, at + 1);
        const auto value_end = skip_value(text, at);
        members.emplace_back(key, trim_end(text.substr(at, value_end - at)));
        at = skip_blanks(text, value_end);
        if (at >= text.size() || text[at] != ',') return members;
        ++at;
    }
}

void append_json_string(std::string& out, std::string_view value) {
    static constexpr char kHex[] = "0123456789abcdef";
    out += '"';
    for (const char c : value) {
        if (const auto escape = short_escape(c); !escape.empty()) {
            out += escape;
        } else if (c == '"') {
            out += "\\\"";
        } else if (static_cast<unsigned char>(c) < 0x20) {
            out += "\\u00";
            out += kHex[static_cast<unsigned char>(c) >> 4U];
            out += kHex[static_cast<unsigned char>(c) & 15U];
        } else {
            out += c;
        }
    }
    out += '"';
}

}  // namespace aksono
