// SPDX-License-Identifier: Apache-2.0
#include "storage/tenure_marks.h"

namespace aksono::storage {

namespace {

constexpr pg::Statement kPlace{"tenure_place", R"(
SELECT (SELECT system_identifier::text FROM pg_control_system()), d.oid::bigint, d.datname,
       pg_current_wal_insert_lsn()::text
FROM pg_database d WHERE d.datname = current_database())"};

constexpr pg::Statement kSequences{"tenure_sequences", R"(
SELECT sequencename, coalesce(last_value, 0) FROM pg_sequences WHERE schemaname = current_schema()
ORDER BY sequencename)"};

}  // namespace

Json read_tenure_marks(pg::Transaction& tx) {
    const auto places = tx.query(kPlace);
    const auto place = places[0];
    Json sequences = Json::object();
    for (const auto row : tx.query(kSequences))
        sequences[row.text(0)] = row.integer(1);
    return {{"database",
             {{"system_identifier", place.text(0)},
              {"oid", place.integer(1)},
              {"name", place.text(2)}}},
            {"lsn", place.text(3)},
            {"sequences", sequences}};
}

}  // namespace aksono::storage
