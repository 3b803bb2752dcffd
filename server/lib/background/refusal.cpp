// SPDX-License-Identifier: Apache-2.0
#include "background/refusal.h"

#include <set>

namespace aksono::background {

bool is_passing(const pg::SqlError& error) {
    static const std::set<std::string> states{"40001", "40P01", "55P03"};
    return states.contains(error.sqlstate());
}

bool is_fatal(const pg::SqlError& error) {
    return error.sqlstate().starts_with("53") || error.sqlstate().starts_with("57");
}

std::string first_line(const std::string& text) {
    const auto line = text.substr(0, text.find('\n'));
    return line.starts_with("ERROR:  ") ? line.substr(8) : line;
}

std::string explain_duplicates(const ShapeStep& step) {
    std::string keys;
    for (const auto& key : step.keys)
        keys += (keys.empty() ? "" : ", ") + key;
    const auto where = step.predicate.empty() ? "" : " WHERE " + step.predicate;
    return "rows of " + step.table + " are there twice, so the unique index " + step.index +
           " cannot be built; see them: SELECT " + keys + ", count(*) FROM " + step.table + where +
           " GROUP BY " + keys + " HAVING count(*) > 1; keep one of each, then run this again";
}

}  // namespace aksono::background
