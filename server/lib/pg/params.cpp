// SPDX-License-Identifier: Apache-2.0
#include "pg/params.h"

namespace aksono::pg {

namespace {

void append_quoted(std::string& out, std::string_view value) {
    out += '"';
    for (const char c : value) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    out += '"';
}

template <class Values, class Append>
std::string array_literal(const Values& values, Append append) {
    std::string out = "{";
    for (const auto& value : values) {
        if (out.size() > 1) out += ',';
        append(out, value);
    }
    return out += '}';
}

}  // namespace

Param text(std::string_view value) {
    if (value.find('\0') != value.npos) throw NulByte();
    return std::string(value);
}

Param bytes(std::string_view value) {
    static constexpr char kHex[] = "0123456789abcdef";
    std::string out = "\\x";
    out.reserve(2 + value.size() * 2);
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        out += kHex[byte >> 4U];
        out += kHex[byte & 15U];
    }
    return out;
}

Param array(const std::vector<std::string>& values) {
    return text(array_literal(values, append_quoted));
}

Param array(const std::vector<std::optional<std::string>>& values) {
    return text(array_literal(values, [](std::string& out, const auto& value) {
        if (value) {
            append_quoted(out, *value);
        } else {
            out += "NULL";
        }
    }));
}

Param array(const std::vector<std::int64_t>& values) {
    return array_literal(values,
                         [](std::string& out, auto value) { out += std::to_string(value); });
}

Param array(const std::vector<bool>& values) {
    return array_literal(values, [](std::string& out, bool value) { out += value ? 't' : 'f'; });
}

}  // namespace aksono::pg
