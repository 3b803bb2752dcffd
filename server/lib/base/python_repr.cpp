// SPDX-License-Identifier: Apache-2.0
#include "base/python_repr.h"

#include "base/escapes.h"

#include <fmt/format.h>

namespace aksono {

namespace {

std::string repr_of_string(const std::string& text) {
    const bool has_single = text.find('\'') != text.npos;
    const char quote = has_single && text.find('"') == text.npos ? '"' : '\'';
    std::string out(1, quote);
    for (const char c : text) {
        if (const auto escape = short_escape(c); !escape.empty()) {
            out += escape;
        } else if (c == quote) {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
            out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        } else {
            out += c;
        }
    }
    return out += quote;
}

std::string repr_of_float(double value) {
    auto text = fmt::format("{}", value);
    const bool plain = text.find_first_not_of("-0123456789") == text.npos;
    return plain ? text + ".0" : text;
}

std::string repr_of_items(const Json& array) {
    std::string out = "[";
    for (const auto& item : array) {
        if (out.size() > 1) out += ", ";
        out += python_repr(item);
    }
    return out += "]";
}

std::string repr_of_members(const Json& object) {
    std::string out = "{";
    for (const auto& [key, value] : object.items()) {
        if (out.size() > 1) out += ", ";
        out += repr_of_string(key) + ": " + python_repr(value);
    }
    return out += "}";
}

}  // namespace

std::string python_repr(const Json& value) {
    switch (value.type()) {
        case Json::value_t::null:
            return "None";
        case Json::value_t::boolean:
            return value.get<bool>() ? "True" : "False";
        case Json::value_t::string:
            return repr_of_string(value.get_ref<const std::string&>());
        case Json::value_t::array:
            return repr_of_items(value);
        case Json::value_t::object:
            return repr_of_members(value);
        case Json::value_t::number_float:
            return repr_of_float(value.get<double>());
        default:
            return value.dump();
    }
}

const char* python_type(const Json& value) {
    switch (value.type()) {
        case Json::value_t::null:
            return "NoneType";
        case Json::value_t::boolean:
            return "bool";
        case Json::value_t::string:
            return "str";
        case Json::value_t::array:
            return "list";
        case Json::value_t::object:
            return "dict";
        case Json::value_t::number_float:
            return "float";
        default:
            return "int";
    }
}

}  // namespace aksono
