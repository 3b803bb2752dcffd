// SPDX-License-Identifier: Apache-2.0
#include "datacheck/rows_alike.h"

#include <algorithm>

namespace aksono::datacheck {

namespace {

std::string joined(const std::vector<std::string>& parts, const std::string& between,
                   const std::string& after = "") {
    std::string out;
    for (const auto& part : parts)
        out += (out.empty() ? "" : between) + part + after;
    return out;
}

}  // namespace

std::string comma(const std::vector<std::string>& parts) {
    return joined(parts, ", ");
}

std::string rows_alike(const std::string& table, const std::vector<std::string>& keys,
                       const std::string& predicate) {
    return "SELECT '" + table + " (' || concat_ws(', ', " + comma(keys) + ") || ')' FROM " + table +
           " WHERE " + joined(keys, " AND ", " IS NOT NULL") +
           (predicate.empty() ? "" : " AND (" + predicate + ")") + " GROUP BY " + comma(keys) +
           " HAVING count(*) > 1";
}

std::vector<std::string> unique_keys(const std::string& definition) {
    std::vector<std::string> keys;
    if (!definition.starts_with("UNIQUE (") && !definition.starts_with("PRIMARY KEY ("))
        return keys;
    auto at = definition.find('(') + 1;
    const auto end = definition.find(')', at);
    while (at < end) {
        const auto comma = std::min(definition.find(", ", at), end);
        keys.push_back(definition.substr(at, comma - at));
        at = comma + 2;
    }
    return keys;
}

}  // namespace aksono::datacheck
