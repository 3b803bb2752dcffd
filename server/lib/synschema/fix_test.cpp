// SPDX-License-Identifier: Apache-2.0
#include "synschema/fix.h"

#include <catch2/catch.hpp>

using namespace aksono::synschema;

TEST_CASE("a fix that deletes shows the rows and keeps them before it does") {
    const auto fix = delete_rows("pushers", "id = 7");
    CHECK_FALSE(fix.online);
    CHECK(fix.command.empty());
    auto sql = fix.sql;
    for (auto at = sql.find("_pushers_"); at != sql.npos; at = sql.find("_pushers_", at + 1))
        sql.replace(at + 9, 4, "XXXX");
    CHECK(sql ==
          "-- Only while no server runs on this database. These are the rows:\n"
          "SELECT * FROM pushers WHERE id = 7;\n"
          "BEGIN;\n"
          "CREATE TABLE aksono_backup_pushers_XXXX AS SELECT * FROM pushers WHERE id = 7;\n"
          "DELETE FROM pushers WHERE id = 7;\n"
          "COMMIT;\n"
          "-- When all is well: DROP TABLE aksono_backup_pushers_XXXX");
}

TEST_CASE("a fix that changes rows keeps them as they were") {
    const auto fix = update_rows("rooms", "creator = ''", "room_id IN ('!a')");
    CHECK(fix.sql.find("AS SELECT * FROM rooms WHERE room_id IN ('!a');\nUPDATE rooms SET creator "
                       "= '' WHERE room_id IN ('!a');") != fix.sql.npos);
}

TEST_CASE("a fix that takes a column away keeps what was in it") {
    const auto fix = drop_column("rooms", "\"Mine\"");
    CHECK_FALSE(fix.online);
    CHECK(fix.sql.find("AS SELECT * FROM rooms WHERE \"Mine\" IS NOT NULL;\nALTER TABLE rooms DROP "
                       "COLUMN \"Mine\";\nCOMMIT") != fix.sql.npos);
}

TEST_CASE("the name of a copy is a plain and whole one") {
    const auto fix = drop_sequence("\"Ódd name\"");
    CHECK(fix.sql.find("CREATE TABLE aksono_backup____dd_name__") != fix.sql.npos);
    const auto sql = drop_sequence(std::string(63, 'x')).sql;
    const auto at = sql.find("aksono_backup_");
    CHECK(sql.find(' ', at) - at <= 63);
}
