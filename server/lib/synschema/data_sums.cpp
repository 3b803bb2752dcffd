// SPDX-License-Identifier: Apache-2.0
#include "synschema/data_sums.h"

#include "synschema/introspection.h"

namespace aksono::synschema {

DataSums read_data_sums(pg::Transaction& tx, const Schema& schema) {
    DataSums sums;
    for (const auto& [name, table] : schema.tables) {
        if (table.unlogged || table.kind != "table") continue;
        const auto rows = tx.query_text(
            "SELECT count(*), coalesce(sum(('x' || left(md5(to_jsonb(t)::text), 15))::bit(60)"
            "::bigint), 0)::text FROM " +
            quote_identifier(name) + " t");
        sums[name] = {rows[0].integer(0), rows[0].text(1)};
    }
    return sums;
}

std::map<std::string, std::string> describe(const DataSums& sums) {
    std::map<std::string, std::string> lines;
    for (const auto& [name, sum] : sums)
        lines[name + " (rows)"] = std::to_string(sum.rows) + " rows, sum " + sum.sum;
    return lines;
}

}  // namespace aksono::synschema
