// SPDX-License-Identifier: Apache-2.0
#include "rooms/dbtest/persister_lab.h"

#include "base/matrix_error.h"
#include "base/thread_waiter.h"
#include "crypto/room_version.h"
#include "pg/conninfo.h"
#include "rooms/event_builder.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <thread>

#include <fmt/format.h>

namespace aksono::rooms::dbtest {

namespace {

constexpr std::array kTables{"events",       "event_json",
                             "event_edges",  "event_to_state_groups",
                             "event_search", "stream_ordering_to_exterm"};

std::string dsn() {
    const char* text = std::getenv("AKSONO_TEST_DSN");
    if (text == nullptr) throw std::runtime_error("AKSONO_TEST_DSN names no throwaway database");
    return text;
}

pg::ConnectionSettings settings_for(const PersisterLab::Options& options) {
    auto conninfo = pg::Conninfo::parse(dsn());
    if (!options.host.empty()) conninfo = conninfo.with("host", options.host);
    return {conninfo.str(), "aksono-dbtest-persister", options.statement_timeout};
}

std::string outcome_of(EventPersister& persister, EventToPersist event) {
    ThreadWaiter waiter;
    try {
        persister.persist(waiter, std::move(event));
        return "ok";
    } catch (const MatrixError& error) {
        return fmt::format("{} {}", error.status(), error.text());
    } catch (const std::exception& error) {
        return error.what();
    }
}

}  // namespace

std::string PersisterLab::socket() {
    const auto conninfo = pg::Conninfo::parse(dsn());
    return conninfo.get("host") + "/.s.PGSQL." + conninfo.get("port");
}

PersisterLab::PersisterLab() : PersisterLab(Options{}) {}

PersisterLab::PersisterLab(const Options& options)
    : settings_(settings_for(options)), session_({dsn(), "aksono-dbtest", 0}) {
    persister_ = std::make_unique<EventPersister>(
        settings_, streams, std::vector<std::string>{"master"}, std::vector<EventListener*>{this});
}

PersisterLab::~PersisterLab() {
    persister_.reset();
    for (const auto& table : harmed_)
        sql("DROP TRIGGER IF EXISTS dbtest ON " + table);
}

void PersisterLab::on_persisted(const std::vector<PersistedEvent>& events) {
    const std::lock_guard lock(mutex_);
    for (const auto& event : events)
        told_.emplace_back(event.event->id.str(), event.stream_ordering);
    if (throws_) throw std::runtime_error("a listener fails");
}

int PersisterLab::told_of(const std::string& event_id) {
    const std::lock_guard lock(mutex_);
    return static_cast<int>(
        std::ranges::count(told_, event_id, &std::pair<std::string, std::int64_t>::first));
}

void PersisterLab::sql(const std::string& text) {
    session_.run(pg::Isolation::autocommit, [&](pg::Transaction& tx) { tx.query_text(text); });
}

std::string PersisterLab::value(const std::string& query) {
    return session_.in(pg::Isolation::autocommit, [&](pg::Transaction& tx) {
        const auto rows = tx.query_text(query);
        return rows.empty() ? std::string("nothing") : rows[0].text(0);
    });
}

std::string PersisterLab::new_room_id() {
    return "!" + random_letters(20);
}

std::string PersisterLab::make_room() {
    std::string room = new_room_id();
    const std::string first = "$first" + room.substr(1);
    sql(
        fmt::format("INSERT INTO rooms (room_id, room_version) VALUES ('{0}', '12');"
                    "INSERT INTO events (topological_ordering, event_id, type, room_id, processed,"
                    " outlier, stream_ordering) VALUES (1, '{1}', 'm.room.create', '{0}', true,"
                    " false, nextval('events_stream_seq'));"
                    "INSERT INTO event_forward_extremities (event_id, room_id)"
                    " VALUES ('{1}', '{0}');"
                    "INSERT INTO sliding_sync_joined_rooms (room_id, event_stream_ordering)"
                    " SELECT '{0}', stream_ordering FROM events WHERE event_id = '{1}'",
                    room, first));
    return room;
}

EventToPersist PersisterLab::make_event(const std::string& room, const std::string& prev) {
    auto event = std::make_shared<NewEvent>();
    event->id = EventId::trusted("$" + random_letters(30));
    event->room = RoomId::trusted(room);
    event->version = crypto::find_room_version("12");
    EventToPersist made;
    made.row.event_id = event->id.str();
    made.row.room_id = room;
    made.row.type = "m.room.message";
    made.row.sender = "@a:test";
    made.row.json = "{}";
    made.row.internal_metadata = "{}";
    made.row.format_version = 4;
    made.row.depth = 2;
    made.row.origin_server_ts = 1;
    made.row.prev_events = {prev.empty() ? "$first" + room.substr(1) : prev};
    made.row.state_group = 1;
    made.row.search_text = "hello";
    made.row.bumps_room = true;
    made.event = std::move(event);
    return made;
}

Outcome PersisterLab::send(EventToPersist event) {
    return std::async(std::launch::async, [this, event = std::move(event)]() mutable {
        return outcome_of(*persister_, std::move(event));
    });
}

void PersisterLab::harm(const std::string& table, const std::string& harm, int times,
                        const std::string& when, bool at_commit) {
    harmed_.push_back(table);
    sql("CREATE SEQUENCE IF NOT EXISTS dbtest_harm; ALTER SEQUENCE dbtest_harm RESTART");
    // A sequence remembers what a rolled back transaction did.
    sql(fmt::format(
        "CREATE OR REPLACE FUNCTION dbtest_harm() RETURNS trigger LANGUAGE plpgsql AS"
        " $f$ BEGIN IF nextval('dbtest_harm') <= {} THEN {}; END IF; RETURN NEW; END $f$",
        times, harm));
    sql(
        fmt::format("CREATE {} TRIGGER dbtest {} INSERT ON {} {} FOR EACH ROW WHEN ({})"
                    " EXECUTE FUNCTION dbtest_harm()",
                    at_commit ? "CONSTRAINT" : "", at_commit ? "AFTER" : "BEFORE", table,
                    at_commit ? "DEFERRABLE INITIALLY DEFERRED" : "", when));
}

void PersisterLab::in_one_batch(const std::function<void()>& queue) {
    auto plug = make_event(make_room());
    Outcome plugged;
    session_.run(pg::Isolation::read_committed, [&](pg::Transaction& tx) {
        tx.query_text("LOCK TABLE events IN SHARE MODE");
        plugged = send(std::move(plug));
        std::this_thread::sleep_for(std::chrono::milliseconds(150));
        queue();
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    });
    plugged.get();
}

void PersisterLab::terminate_persister() {
    sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'aksono-dbtest-persister' AND datname = current_database()");
}

std::string PersisterLab::stored(const std::string& event_id) {
    std::string woe;
    for (const auto* table : kTables) {
        const std::string count =
            value(fmt::format("SELECT count(*) FROM {} WHERE event_id = '{}'", table, event_id));
        if (count != "1") woe += fmt::format("{} in {} ", count, table);
    }
    return woe.empty() ? "1" : woe;
}

}  // namespace aksono::rooms::dbtest
