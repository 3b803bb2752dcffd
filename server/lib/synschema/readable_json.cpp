// SPDX-License-Identifier: Apache-2.0
#include "synschema/readable_json.h"

namespace aksono::synschema {

namespace {

constexpr std::size_t kLineLength = 100;

/// `{"a": 1, "b": [2, 3]}`: the compact form, with a space where a reader wants one.
std::string on_one_line(const OrderedJson& value) {
    if (!value.is_structured()) return value.dump();
    std::string out(1, value.is_object() ? '{' : '[');
    for (const auto& [key, member] : value.items()) {
        if (out.size() > 1) out += ", ";
        if (value.is_object()) out += OrderedJson(key).dump() + ": ";
        out += on_one_line(member);
    }
    return out += value.is_object() ? '}' : ']';
}

void append(std::string& out, const OrderedJson& value, std::size_t indent, std::size_t used) {
    const auto line = on_one_line(value);
    if (!value.is_structured() || (indent > 0 && used + line.size() <= kLineLength)) {
        out += line;
        return;
    }
    out += value.is_object() ? '{' : '[';
    const char* separator = "\n";
    for (const auto& [key, member] : value.items()) {
        out += separator + std::string(indent + 1, ' ');
        separator = ",\n";
        const auto label = value.is_object() ? OrderedJson(key).dump() + ": " : std::string();
        out += label;
        append(out, member, indent + 1, indent + 1 + label.size());
    }
    out += "\n" + std::string(indent, ' ') + (value.is_object() ? '}' : ']');
}

}  // namespace

std::string readable_json(const OrderedJson& value) {
    std::string out;
    append(out, value, 0, 0);
    return out + "\n";
}

}  // namespace aksono::synschema
