// SPDX-License-Identifier: Apache-2.0
#include "pg/pipeline.h"

#include <cstdlib>

#include <catch2/catch.hpp>

using namespace aksono;

namespace {

constexpr pg::Statement kInsert{"dbtest_insert", "INSERT INTO dbtest_numbers VALUES ($1::bigint)"};
constexpr pg::Statement kBroken{"dbtest_broken", "INSERT INTO dbtest_no_such_table VALUES ($1)"};
constexpr pg::Statement kDivide{"dbtest_divide", "SELECT 1 / $1::bigint"};
constexpr pg::Statement kEnd{"dbtest_end",
                             "SELECT pg_terminate_backend(pg_backend_pid()) WHERE $1::bigint = 1"};

pg::ConnectionSettings settings() {
    return {std::getenv("AKSONO_TEST_DSN"), "aksono-dbtest-pipeline", 0};
}

/// A table of its own for each test.
class Numbers {
public:
    Numbers() : session_(settings()) {
        sql("DROP TABLE IF EXISTS dbtest_numbers");
        sql("CREATE TABLE dbtest_numbers (n bigint PRIMARY KEY)");
    }
    void sql(const std::string& text) {
        session_.run(pg::Isolation::autocommit, [&](pg::Transaction& tx) { tx.query_text(text); });
    }
    std::string all() {
        return session_.in(pg::Isolation::autocommit, [&](pg::Transaction& tx) {
            return tx
                .query_text(
                    "SELECT coalesce(string_agg(n::text, ' ' ORDER BY n), '')"
                    " FROM dbtest_numbers")[0]
                .text(0);
        });
    }

private:
    pg::Connection session_;
};

}  // namespace

TEST_CASE("pipeline: what is queued is committed together") {
    Numbers numbers;
    pg::Pipeline pipeline(settings());
    pipeline.begin();
    for (std::int64_t n = 1; n <= 3; ++n)
        pipeline.write(kInsert, n);
    CHECK(numbers.all().empty());
    pipeline.commit();
    CHECK(numbers.all() == "1 2 3");
}

TEST_CASE("pipeline: a failure names its statement, takes all along, and the session goes on") {
    Numbers numbers;
    pg::Pipeline pipeline(settings());
    pipeline.begin();
    pipeline.write(kInsert, std::int64_t{1});
    pipeline.write(kDivide, std::int64_t{0});
    pipeline.write(kInsert, std::int64_t{2});
    try {
        pipeline.commit();
        FAIL("it was committed");
    } catch (const pg::StatementFailed& failed) {
        CHECK(failed.statement() == "dbtest_divide");
        CHECK(failed.sqlstate() == "22012");
        CHECK_FALSE(failed.transient());
    }
    CHECK(numbers.all().empty());
    pipeline.begin();
    pipeline.write(kDivide, std::int64_t{1});
    pipeline.write(kInsert, std::int64_t{5});
    pipeline.commit();
    CHECK(numbers.all() == "5");
}

TEST_CASE("pipeline: a statement that cannot be prepared is tried anew the next time") {
    Numbers numbers;
    pg::Pipeline pipeline(settings());
    for (int i = 0; i < 2; ++i) {
        pipeline.begin();
        pipeline.write(kBroken, std::int64_t{1});
        pipeline.write(kInsert, std::int64_t{1});
        CHECK_THROWS_AS(pipeline.commit(), pg::StatementFailed);
    }
    numbers.sql("CREATE TABLE IF NOT EXISTS dbtest_no_such_table (n bigint)");
    pipeline.begin();
    pipeline.write(kBroken, std::int64_t{1});
    pipeline.write(kInsert, std::int64_t{1});
    pipeline.commit();
    numbers.sql("DROP TABLE dbtest_no_such_table");
    CHECK(numbers.all() == "1");
}

TEST_CASE("pipeline: what fails only at COMMIT is a failure") {
    Numbers numbers;
    numbers.sql(
        "ALTER TABLE dbtest_numbers ADD other bigint"
        " REFERENCES dbtest_numbers DEFERRABLE INITIALLY DEFERRED");
    numbers.sql("ALTER TABLE dbtest_numbers ALTER other SET DEFAULT 99");
    pg::Pipeline pipeline(settings());
    pipeline.begin();
    pipeline.write(kInsert, std::int64_t{1});
    try {
        pipeline.commit();
        FAIL("it was committed");
    } catch (const pg::StatementFailed& failed) {
        CHECK(failed.statement() == "COMMIT");
        CHECK(failed.is_missing_reference());
    }
    CHECK(numbers.all().empty());
    CHECK(pipeline.usable());
}

TEST_CASE("pipeline: what was queued can be dropped") {
    Numbers numbers;
    pg::Pipeline pipeline(settings());
    pipeline.begin();
    pipeline.write(kInsert, std::int64_t{1});
    CHECK_THROWS_AS(pipeline.write(kInsert, std::string("\0", 1)), pg::NulByte);
    pipeline.roll_back();
    pipeline.begin();
    pipeline.write(kInsert, std::int64_t{2});
    pipeline.commit();
    CHECK(numbers.all() == "2");
}

TEST_CASE("pipeline: a lost session says whose outcome is unknown, and is of no more use") {
    Numbers numbers;
    pg::Pipeline pipeline(settings());
    pipeline.begin();
    pipeline.write(kInsert, std::int64_t{1});
    pipeline.write(kEnd, std::int64_t{1});
    pipeline.write(kInsert, std::int64_t{2});
    try {
        pipeline.commit();
        FAIL("it was committed");
    } catch (const pg::OutcomeUnknown& unknown) {
        CHECK(unknown.backend() > 0);
    }
    CHECK_FALSE(pipeline.usable());
    CHECK(numbers.all().empty());
}

TEST_CASE("pipeline: more than the socket's buffers hold in both directions") {
    Numbers numbers;
    pg::Pipeline pipeline(settings());
    pipeline.begin();
    for (std::int64_t n = 1; n <= 60'000; ++n)
        pipeline.write(kInsert, n);
    pipeline.commit();
    numbers.sql("DELETE FROM dbtest_numbers WHERE n NOT IN (1, 60000)");
    CHECK(numbers.all() == "1 60000");
}
