// SPDX-License-Identifier: Apache-2.0
#include "synschema/history.h"

#include "synschema/catalogue.h"

#include <algorithm>

#include <catch2/catch.hpp>

using namespace aksono::synschema;

namespace {

Bookkeeping with_rows(std::vector<std::string> files) {
    Bookkeeping books;
    for (const auto& file : files)
        books.applied_deltas.emplace_back(delta_version(file), file);
    return books;
}

}  // namespace

TEST_CASE("the files are those of 55 to 95, in the order of work") {
    const History history;
    const auto& deltas = history.deltas();
    CHECK(deltas.front().file == "55/access_token_expiry.sql");
    CHECK(deltas.back().file == "95/01_foreground_event_edges_state_cleanup.py");
    CHECK(std::ranges::is_sorted(deltas, {},
                                 [](const Delta& delta) { return delta_version(delta.file); }));
}

TEST_CASE("a delta tells what it changes and queues") {
    const History history;
    const auto* delta = history.find("73/23_fix_thread_index.sql");
    REQUIRE(delta != nullptr);
    CHECK(history.find("74/02_set_device_id_for_pushers_bg_update.sql")->queues ==
          std::vector<QueuedUpdate>{{"set_device_id_for_pushers", "{}", "", 7402}});
    CHECK(history.find("77/05thread_notifications_backfill.sql")->unqueues ==
          std::vector<std::string>{"event_push_actions_thread_id_null",
                                   "event_push_summary_thread_id_null",
                                   "event_push_backfill_thread_id"});
    CHECK(history.find("88/05_drop_old_otks.sql.postgres")->tasks.front().action ==
          "delete_old_otks");
    CHECK(history.find("94/99_nothing.sql") == nullptr);
}

TEST_CASE("a shape follows from the files applied, not from the version") {
    const History history;
    auto files = files_of(with_rows({"73/01event_failed_pull_attempts.sql"}), history);
    auto shape = history.shape_after(files);
    CHECK(shape.tables.contains("event_failed_pull_attempts"));
    CHECK_FALSE(shape.tables.contains("login_tokens"));
    CHECK(shape.tables.contains("presence"));
    files.insert("73/10login_tokens.sql");
    files.insert("73/25drop_presence.sql");
    shape = history.shape_after(files);
    CHECK(shape.tables.contains("login_tokens"));
    CHECK_FALSE(shape.tables.contains("presence"));
}

TEST_CASE("the full schema that a database began with shows in its oldest row") {
    CHECK(full_schema_of(with_rows({"73/01event_failed_pull_attempts.sql"})) == 72);
    CHECK(full_schema_of(with_rows({"55/access_token_expiry.sql"})) == 54);
    CHECK(full_schema_of(with_rows({"54/old.sql", "94/01_redactions_recheck.sql"})) == 54);
    const History history;
    CHECK(files_of(with_rows({"73/10login_tokens.sql"}), history)
              .contains("72/08thread_receipts.sql"));
    CHECK_FALSE(files_of(with_rows({"58/00background_update_ordering.sql"}), history)
                    .contains("72/08thread_receipts.sql"));
}

TEST_CASE("columns that are swapped for wider ones stand where Synapse leaves them") {
    const auto events = load_catalogue(60).schema.tables.at("events");
    CHECK(events.columns.back().name == "stream_ordering");
    CHECK(events.columns.back().type == "bigint");
    CHECK_FALSE(events.columns.back().not_null);
    const auto depth = load_catalogue(72).schema.tables.at("room_depth");
    CHECK(depth.columns.size() == 2);
    CHECK(depth.columns[1].type == "bigint");
    CHECK(depth.triggers.empty());
}

TEST_CASE("every function of every version has a body of our own") {
    for (int version = kOldestSchema; version <= kNewestSchema; ++version) {
        const auto catalogue = load_catalogue(version);
        for (const auto& [signature, function] : catalogue.schema.functions) {
            INFO(version << " " << signature);
            CHECK(catalogue.function_bodies.contains(signature));
        }
    }
}
