// SPDX-License-Identifier: Apache-2.0
#include "pg/rows.h"

#include <pqxx/array>
#include <pqxx/binarystring>
#include <pqxx/except>

namespace aksono::pg {

std::string_view Row::view(int column) const {
    const auto field = row_[column];
    if (field.is_null()) {
        throw pqxx::conversion_error(std::string("column ") + field.name() + " is NULL");
    }
    return {field.c_str(), field.size()};
}

std::string Row::text(int column) const {
    return std::string(view(column));
}
std::int64_t Row::integer(int column) const {
    return row_[column].as<std::int64_t>();
}
bool Row::boolean(int column) const {
    return row_[column].as<bool>();
}
std::string Row::bytes(int column) const {
    return pqxx::binarystring(row_[column]).str();
}

std::vector<std::string> Row::texts(int column) const {
    std::vector<std::string> values;
    auto parser = row_[column].as_array();
    for (auto [what, value] = parser.get_next(); what != pqxx::array_parser::done;
         std::tie(what, value) = parser.get_next()) {
        if (what == pqxx::array_parser::string_value) values.push_back(value);
    }
    return values;
}

std::optional<std::string> Row::maybe_text(int column) const {
    return is_null(column) ? std::nullopt : std::optional(text(column));
}
std::optional<std::int64_t> Row::maybe_integer(int column) const {
    return is_null(column) ? std::nullopt : std::optional(integer(column));
}
std::optional<bool> Row::maybe_boolean(int column) const {
    return is_null(column) ? std::nullopt : std::optional(boolean(column));
}

}  // namespace aksono::pg
