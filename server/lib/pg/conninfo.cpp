// SPDX-License-Identifier: Apache-2.0
#include "pg/conninfo.h"

#include <libpq-fe.h>
#include <memory>
#include <stdexcept>

namespace aksono::pg {

Conninfo Conninfo::parse(const std::string& dsn) {
    char* message = nullptr;
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
        PQconninfoParse(dsn.c_str(), &message), &PQconninfoFree);
    if (options == nullptr) {
        std::string why = message == nullptr ? "out of memory" : message;
        PQfreemem(message);
        while (!why.empty() && why.back() == '\n')
            why.pop_back();
        throw std::invalid_argument(why);
    }
    Conninfo info;
    for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
        if (option->val != nullptr) info.values_[option->keyword] = option->val;
    }
    return info;
}

Conninfo Conninfo::with(const std::string& keyword, const std::string& value) const {
    Conninfo copy = *this;
    copy.values_[keyword] = value;
    return copy;
}

std::string Conninfo::get(const std::string& keyword) const {
    const auto it = values_.find(keyword);
    return it == values_.end() ? std::string() : it->second;
}

std::string Conninfo::str() const {
    std::string out;
    for (const auto& [keyword, value] : values_) {
        if (!out.empty()) out += ' ';
        out += keyword + "='";
        for (const char c : value) {
            if (c == '\'' || c == '\\') out += '\\';
            out += c;
        }
        out += '\'';
    }
    return out;
}

std::string Conninfo::describe() const {
    std::string out = "database \"" + get("dbname") + "\"";
    if (!get("host").empty()) out += " on " + get("host");
    if (!get("port").empty()) out += " port " + get("port");
    if (!get("user").empty()) out += " as " + get("user");
    return out;
}

}  // namespace aksono::pg
