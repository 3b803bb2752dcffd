// SPDX-License-Identifier: Apache-2.0
#include "synschema/upgrade_cost.h"

#include <catch2/catch.hpp>

using namespace aksono::synschema;

TEST_CASE("statements are told apart by their words") {
    const auto update = work_of("UPDATE events SET a = b WHERE c IS NULL");
    CHECK(update.task == Task::updates_rows);
    CHECK(update.table == "events");
    REQUIRE(update.locks.size() == 1);
    CHECK(update.locks[0].lock == Lock::row_exclusive);

    CHECK(work_of("INSERT INTO background_updates (update_name) VALUES ('x')").task == Task::books);
    CHECK(work_of("ANALYZE event_auth_chain_links").task == Task::analyzes);
    CHECK(work_of("ALTER TABLE events DROP COLUMN stream_ordering").destroys);

    const auto key = work_of(
        "ALTER TABLE a ADD CONSTRAINT k FOREIGN KEY (x) REFERENCES events(stream_ordering) NOT "
        "VALID");
    CHECK(key.task == Task::catalogue);
    REQUIRE(key.locks.size() == 2);
    CHECK(key.locks[1].table == "events");

    const auto sequence =
        work_of("SELECT setval('s', greatest(1, (SELECT max(stream_id) FROM device_inbox)))");
    CHECK(sequence.task == Task::reads_rows);
    REQUIRE(sequence.reads.size() == 1);
    CHECK(sequence.reads[0].table == "device_inbox");
}

TEST_CASE("changes of shape say what they read") {
    Change index{"CREATE INDEX i ON t (a)", "t", Lock::share, Work::scan, "", false};
    CHECK(work_of(index).task == Task::builds_index);
    Change check{"ALTER TABLE t VALIDATE CONSTRAINT c",
                 "t",
                 Lock::share_update_exclusive,
                 Work::scan,
                 "",
                 false};
    CHECK(work_of(check).task == Task::checks_rows);
    Change row{"INSERT INTO t (a) VALUES (1)", "", Lock::none, Work::brief, "", false};
    CHECK(work_of(row).task == Task::books);
}

TEST_CASE("more work takes longer") {
    const TableWeight small{1000, 200'000, 2};
    const TableWeight large{1'000'000, 200'000'000, 2};
    for (const auto task : {Task::updates_rows, Task::deletes_rows, Task::builds_index,
                            Task::checks_rows, Task::rewrites, Task::reads_rows}) {
        CHECK(seconds_for({task, large.rows, large, 1}) >
              10 * seconds_for({task, small.rows, small, 1}));
    }
    CHECK(seconds_for({Task::catalogue, 0, large, 0}) ==
          seconds_for({Task::catalogue, 0, small, 0}));
    CHECK(slowness(0.3) == Approx(1));
    CHECK(slowness(1e9) == Approx(10));
}
