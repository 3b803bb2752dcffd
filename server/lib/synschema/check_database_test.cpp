// SPDX-License-Identifier: Apache-2.0
#include "synschema/check_database.h"

#include <algorithm>

#include <catch2/catch.hpp>

using namespace aksono::synschema;

namespace {

Snapshot healthy() {
    const auto catalogue = load_catalogue(94);
    Snapshot snapshot;
    snapshot.live.server = {150018, "15.18", "synapse", "UTF8", "C", "C", "public", false};
    snapshot.live.schema = catalogue.schema;
    auto& books = snapshot.live.bookkeeping;
    books.version = 94;
    books.upgraded = true;
    books.compat_version = 84;
    for (const auto& file : catalogue.deltas) {
        books.applied_deltas.emplace_back(delta_version(file), file);
    }
    return snapshot;
}

/// "severity id object" of each finding.
std::vector<std::string> check(const Snapshot& snapshot, const CheckOptions& options = {}) {
    static constexpr const char* kNames[] = {"error", "warning", "info"};
    std::vector<std::string> out;
    for (const auto& finding : check_database(snapshot, options)) {
        CHECK_FALSE(finding.summary.empty());
        CHECK_FALSE(finding.explanation.empty());
        CHECK(finding.fix.sql.empty() != finding.fix.command.empty());
        out.push_back(std::string(kNames[static_cast<int>(finding.severity)]) + " " + finding.id +
                      " " + finding.object);
    }
    return out;
}

using Lines = std::vector<std::string>;

template <class Parts>
auto& part(Parts& parts, const std::string& name) {
    return *std::ranges::find_if(parts, [&](const auto& each) { return each.name == name; });
}

template <class Parts>
void remove(Parts& parts, const std::string& name) {
    std::erase_if(parts, [&](const auto& each) { return each.name == name; });
}

}  // namespace

TEST_CASE("a healthy database has no findings") {
    CHECK(check(healthy()).empty());
}

TEST_CASE("missing parts are errors") {
    auto snapshot = healthy();
    auto& schema = snapshot.live.schema;
    auto& events = schema.tables.at("events");
    SECTION("table") {
        schema.tables.erase("rooms");
        CHECK(check(snapshot) == Lines{"error table-missing rooms"});
    }
    SECTION("column") {
        remove(events.columns, "sender");
        CHECK(check(snapshot) == Lines{"error column-missing events.sender"});
    }
    SECTION("index") {
        remove(events.indexes, "events_ts");
        CHECK(check(snapshot) == Lines{"error index-missing events_ts"});
    }
    SECTION("constraint") {
        remove(events.constraints, "events_event_id_key");
        CHECK(check(snapshot) == Lines{"error constraint-missing events.events_event_id_key"});
    }
    SECTION("trigger and function") {
        remove(schema.tables.at("room_memberships").triggers, "check_event_stream_ordering");
        schema.functions.erase("check_event_stream_ordering()");
        CHECK(check(snapshot) ==
              Lines{"error trigger-missing room_memberships.check_event_stream_ordering",
                    "error function-missing check_event_stream_ordering()"});
    }
    SECTION("sequence") {
        schema.sequences.erase("events_stream_seq");
        CHECK(check(snapshot) == Lines{"error sequence-missing events_stream_seq"});
    }
    SECTION("position row") {
        schema.rows.at("user_directory_stream_pos").clear();
        CHECK(check(snapshot) == Lines{"error position-row-missing user_directory_stream_pos"});
    }
}

TEST_CASE("parts that differ") {
    auto snapshot = healthy();
    auto& schema = snapshot.live.schema;
    auto& events = schema.tables.at("events");
    SECTION("type and NULL") {
        part(events.columns, "depth").type = "integer";
        part(events.columns, "depth").not_null = false;
        CHECK(check(snapshot) ==
              Lines{"error column-type events.depth", "warning column-null events.depth"});
    }
    SECTION("default") {
        part(events.columns, "depth").default_expression = "1";
        CHECK(check(snapshot) == Lines{"error column-default events.depth"});
    }
    SECTION("index") {
        part(events.indexes, "events_ts").keys = {"origin_server_ts"};
        CHECK(check(snapshot) == Lines{"error index-different events_ts"});
        part(events.indexes, "events_ts") =
            part(load_catalogue(94).schema.tables.at("events").indexes, "events_ts");
        part(events.indexes, "events_ts").valid = false;
        CHECK(check(snapshot) == Lines{"error index-invalid events_ts"});
    }
    SECTION("order of columns") {
        std::swap(events.columns[0], events.columns[1]);
        CHECK(check(snapshot) == Lines{"info column-order events"});
    }
    SECTION("constraint") {
        auto& constraint = part(schema.tables.at("profiles").constraints, "full_user_id_not_null");
        constraint.validated = false;
        CHECK(check(snapshot) ==
              Lines{"warning constraint-not-validated profiles.full_user_id_not_null"});
        snapshot.live.bookkeeping.background_updates = {
            {"populate_full_user_id_profiles", "", 7703}};
        CHECK(check(snapshot) ==
              Lines{"info background-update-pending populate_full_user_id_profiles"});
        constraint.validated = true;
        snapshot.live.bookkeeping.background_updates.clear();
        part(schema.tables.at("room_memberships").constraints, "event_stream_ordering_fkey")
            .validated = true;
        CHECK(check(snapshot).empty());
    }
    SECTION("disabled trigger, unlogged table") {
        schema.tables.at("room_memberships").triggers[0].enabled = false;
        events.unlogged = true;
        CHECK(check(snapshot) ==
              Lines{"error table-unlogged events",
                    "error trigger-disabled room_memberships.check_event_stream_ordering"});
    }
    SECTION("function: our body is as good as Synapse's") {
        auto& function = schema.functions.at("check_event_stream_ordering()");
        function.fingerprint = "other";
        CHECK(check(snapshot) == Lines{"warning function-different check_event_stream_ordering()"});
        function.body =
            "BEGIN IF EXISTS (SELECT FROM events e WHERE e.event_id = NEW.event_id AND "
            "e.stream_ordering <> NEW.event_stream_ordering) THEN RAISE EXCEPTION "
            "'Incorrect event_stream_ordering'; END IF; RETURN NEW; END";
        CHECK(check(snapshot).empty());
    }
}

TEST_CASE("foreign parts are warnings, unless they keep Synapse from writing") {
    auto snapshot = healthy();
    auto& schema = snapshot.live.schema;
    auto& events = schema.tables.at("events");
    schema.tables["mine"].indexes = {{"mine_idx", "btree", false, {"a"}, {}, "", false, true}};
    schema.sequences["mine_id_seq"].owner = "mine.id";
    schema.sequences["stray_seq"];
    schema.functions["helper()"].signature = "helper()";
    events.columns.push_back({"note", "text", false, "", "", ""});
    events.columns.push_back({"must", "text", true, "", "", ""});
    events.indexes.push_back({"my_idx", "btree", false, {"note"}, {}, "", false, true});
    CHECK(check(snapshot) ==
          Lines{"error column-foreign events.must", "warning column-foreign events.note",
                "warning index-foreign my_idx", "warning table-foreign mine",
                "warning sequence-foreign stray_seq", "warning function-foreign helper()"});
}

TEST_CASE("pending updates excuse what they have not done yet") {
    auto snapshot = healthy();
    auto& table = snapshot.live.schema.tables.at("event_txn_id_device_id");
    auto& index = part(table.indexes, "event_txn_id_device_id_txn_id2");
    index.name = "event_txn_id_device_id_txn_id";
    CHECK(check(snapshot) == Lines{"error index-missing event_txn_id_device_id_txn_id2",
                                   "warning index-foreign event_txn_id_device_id_txn_id"});
    snapshot.live.bookkeeping.background_updates = {{"event_txn_id_device_id_txn_id2", "", 9207}};
    CHECK(check(snapshot) ==
          Lines{"info background-update-pending event_txn_id_device_id_txn_id2"});
}

TEST_CASE("bookkeeping") {
    auto snapshot = healthy();
    auto& books = snapshot.live.bookkeeping;
    SECTION("an older version is compared with what it should be") {
        books.version = 93;
        std::erase_if(books.applied_deltas, [](const auto& each) { return each.first == 94; });
        snapshot.live.schema = load_catalogue(93).schema;
        CHECK(check(snapshot) == Lines{"info schema-version-old schema_version",
                                       "info deltas-unapplied applied_schema_deltas"});
        snapshot.live.schema.tables.erase("rooms");
        CHECK(check(snapshot).front() == "error table-missing rooms");
    }
    SECTION("one that is too old is not compared") {
        books.version = 57;
        books.applied_deltas = {{57, "57/remove_sent_outbound_pokes.sql"}};
        snapshot.live.schema.tables.erase("rooms");
        CHECK(check(snapshot).front() == "error schema-version-old schema_version");
    }
    SECTION("newer versions") {
        books.version = 95;
        CHECK(check(snapshot).empty());
        books.version = 96;
        CHECK(check(snapshot) == Lines{"error schema-version-new schema_version"});
    }
    SECTION("compat") {
        books.compat_version = 95;
        CHECK(check(snapshot) == Lines{"error compat-version-new schema_compat_version"});
        books.compat_version = 72;
        CHECK(check(snapshot) == Lines{"warning compat-version-low schema_compat_version"});
        books.compat_version.reset();
        CHECK(check(snapshot) == Lines{"info compat-version-missing schema_compat_version"});
    }
    SECTION("no version at all") {
        books.version.reset();
        CHECK(check(snapshot) == Lines{"error schema-version-missing schema_version"});
    }
    SECTION("deltas") {
        std::erase_if(books.applied_deltas, [](const auto& each) {
            return each.second == "94/02_redactions_recheck_bg_update.sql" ||
                   each.second == "88/01_add_delayed_events.sql";
        });
        books.applied_deltas.emplace_back(94, "94/99_other.sql");
        books.applied_deltas.emplace_back(78, "78/04_read_write_locks_triggers.sql.postgres");
        CHECK(check(snapshot) == Lines{"warning deltas-lost applied_schema_deltas",
                                       "info deltas-unapplied applied_schema_deltas",
                                       "info deltas-unknown applied_schema_deltas"});
    }
    SECTION("an early 94 is told once") {
        const std::vector<std::string> files{
            "94/10_e2e_cross_signing_signatures_add_key_id_to_index.sql",
            "94/11_destination_room_sticky_events.sql", "94/01_redactions_recheck.sql"};
        std::erase_if(books.applied_deltas, [&](const auto& each) {
            return std::ranges::find(files, each.second) != files.end();
        });
        auto& schema = snapshot.live.schema;
        schema.tables.erase("destination_rooms_sticky_events_backlog");
        part(schema.tables.at("e2e_cross_signing_signatures").indexes,
             "e2e_cross_signing_signatures_idx3") = {
            "e2e_cross_signing_signatures2_idx",
            "btree",
            false,
            {"user_id", "target_user_id", "target_device_id"},
            {},
            "",
            false,
            true};
        CHECK(check(snapshot) == Lines{"error delta-row-missing 94/01_redactions_recheck.sql",
                                       "info deltas-unapplied applied_schema_deltas"});
    }
    SECTION("unknown background update") {
        books.background_updates = {{"made_up", "", 1}};
        CHECK(check(snapshot) == Lines{"error background-update-unknown made_up"});
    }
}

TEST_CASE("streams") {
    auto snapshot = healthy();
    snapshot.largest_ids = {{"events.stream_ordering", 7}, {"-events.stream_ordering", 3}};
    snapshot.live.bookkeeping.stream_positions = {
        {"receipts", "master", 5}, {"backfill", "master", -9}, {"made_up", "master", 99}};
    CHECK(check(snapshot) == Lines{"error stream-position-ahead receipts/master",
                                   "warning sequence-behind events_stream_seq",
                                   "warning sequence-behind events_backfill_stream_seq"});
}

TEST_CASE("the database itself") {
    auto snapshot = healthy();
    snapshot.live.server.encoding = "SQL_ASCII";
    snapshot.live.server.collate = "C.UTF-8";
    snapshot.live.server.ctype = "C.UTF-8";
    CHECK(check(snapshot) ==
          Lines{"error encoding synapse", "error collation synapse", "error ctype synapse"});
    CHECK(check(snapshot, {"", true}) == Lines{"error encoding synapse"});
    snapshot = healthy();
    snapshot.foreign_users = {"@a:elsewhere"};
    CHECK(check(snapshot, {"here", false}) == Lines{"error server-name here"});
}
