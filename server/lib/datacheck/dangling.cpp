// SPDX-License-Identifier: Apache-2.0
#include "datacheck/dangling.h"

#include "synschema/fix.h"

namespace aksono::datacheck {

std::string in_range(const std::string& column) {
    return column + " > $1 AND " + column + " <= $2";
}

std::string unreadable_json(const std::string& column) {
    return "left(" + column + ", 1) <> '{' OR right(" + column + ", 1) <> '}' OR " + column +
           R"( ~ '\\u(0000|[dD][89a-fA-F])')";
}

std::string of_this_server(const std::string& user_id) {
    return "substr(" + user_id + ", strpos(" + user_id +
           ", ':')) = (SELECT substr(name, strpos(name, ':')) FROM users LIMIT 1)";
}

Probe probe_of(const Dangling& rows) {
    const auto condition =
        (rows.also.empty() ? "" : rows.also + " AND ") +
        ("NOT EXISTS (SELECT FROM " + rows.parent + " WHERE " + rows.match + ")");
    return {.id = rows.id,
            .severity = rows.severity,
            .title = rows.title,
            .explanation = rows.explanation,
            .fix = synschema::delete_rows(rows.table, condition),
            .tables = {rows.table, rows.parent},
            .columns = rows.columns,
            .unless = rows.unless,
            .walk = Walk{rows.table, rows.walk, rows.text},
            .sql = "SELECT " + rows.object + " FROM " + rows.table + " WHERE " +
                   in_range(rows.table + "." + rows.walk) + " AND " + condition};
}

}  // namespace aksono::datacheck
