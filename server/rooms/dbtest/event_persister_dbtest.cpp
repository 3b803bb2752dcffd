// SPDX-License-Identifier: Apache-2.0
#include "base/thread_waiter.h"
#include "rooms/dbtest/cutting_proxy.h"
#include "rooms/dbtest/persister_lab.h"
#include "rooms/event_persister.h"

#include <atomic>
#include <cstdlib>
#include <thread>

#include <catch2/catch.hpp>

using namespace aksono;
using namespace aksono::rooms;
using namespace aksono::rooms::dbtest;

namespace {

using Cut = CuttingProxy::Cut;
constexpr const char* kTerminate = "PERFORM pg_terminate_backend(pg_backend_pid())";

/// Events of as many new rooms, sent so that they make one batch.
struct Batch {
    std::vector<std::string> ids;
    std::vector<Outcome> outcomes;

    void send(PersisterLab& lab, EventToPersist event) {
        ids.push_back(event.row.event_id);
        outcomes.push_back(lab.send(std::move(event)));
    }

    Batch(PersisterLab& lab, std::vector<EventToPersist> events) {
        lab.in_one_batch([&] {
            for (auto& event : events)
                send(lab, std::move(event));
        });
    }
};

std::vector<EventToPersist> events_of_new_rooms(PersisterLab& lab, int count) {
    std::vector<EventToPersist> events;
    for (int i = 0; i < count; ++i)
        events.push_back(lab.make_event(lab.make_room()));
    return events;
}

/// All are answered with «ok», stored once and told of once.
void check_all_written(PersisterLab& lab, Batch& batch) {
    for (std::size_t i = 0; i < batch.ids.size(); ++i) {
        CHECK(batch.outcomes[i].get() == "ok");
        CHECK(lab.stored(batch.ids[i]) == "1");
        CHECK(lab.told_of(batch.ids[i]) == 1);
    }
}

/// Only `guilty` is refused, and nothing of it is left.
void check_all_but(PersisterLab& lab, Batch& batch, const std::string& guilty,
                   const std::string& error) {
    for (std::size_t i = 0; i < batch.ids.size(); ++i) {
        const auto& id = batch.ids[i];
        const std::string outcome = batch.outcomes[i].get();
        if (id == guilty) {
            CHECK_THAT(outcome, Catch::Contains(error));
            CHECK(lab.stored(id).starts_with("0 in events"));
            CHECK(lab.told_of(id) == 0);
        } else {
            CHECK(outcome == "ok");
            CHECK(lab.stored(id) == "1");
            CHECK(lab.told_of(id) == 1);
        }
    }
}

std::string quoted(const std::vector<std::string>& ids) {
    std::string list;
    for (const auto& id : ids)
        list += (list.empty() ? "'" : ", '") + id + "'";
    return list;
}

}  // namespace

TEST_CASE("persister: what waits is committed together") {
    PersisterLab lab;
    Batch batch(lab, events_of_new_rooms(lab, 12));
    check_all_written(lab, batch);
    const auto of_batch = " FROM events WHERE event_id IN (" + quoted(batch.ids) + ")";
    CHECK(lab.value("SELECT count(DISTINCT xmin::text)" + of_batch) == "1");
    CHECK(lab.value("SELECT count(DISTINCT stream_ordering)" + of_batch) == "12");
    CHECK(std::stoll(lab.value("SELECT max(stream_ordering)" + of_batch)) <=
          lab.streams.events.position());
}

TEST_CASE("persister: a poisoned event fails alone") {
    PersisterLab lab;
    auto events = events_of_new_rooms(lab, 8);
    const std::string poisoned = events[3].row.event_id;
    lab.harm("event_to_state_groups", "RAISE SQLSTATE '22000' USING MESSAGE = 'poison'", 1000,
             "NEW.event_id = '" + poisoned + "'");
    Batch batch(lab, std::move(events));
    check_all_but(lab, batch, poisoned, "poison");
    // What came of the refused one does not stop the next.
    auto next = lab.make_event(lab.make_room());
    CHECK(lab.send(std::move(next)).get() == "ok");
}

TEST_CASE("persister: an event that was written before is refused alone") {
    PersisterLab lab;
    auto events = events_of_new_rooms(lab, 3);
    const auto id = events[1].row.event_id;
    EventToPersist first;
    first.event = events[1].event;
    first.row = events[1].row;
    CHECK(lab.send(std::move(first)).get() == "ok");
    Batch batch(lab, std::move(events));
    CHECK(batch.outcomes[0].get() == "ok");
    CHECK_THAT(batch.outcomes[1].get(), Catch::Contains("duplicate key"));
    CHECK(batch.outcomes[2].get() == "ok");
    CHECK(lab.stored(id) == "1");
}

TEST_CASE("persister: U+0000 where no text can hold it fails alone") {
    PersisterLab lab;
    auto events = events_of_new_rooms(lab, 4);
    events[2].row.sender = std::string("@a\0b", 4);
    const auto guilty = events[2].row.event_id;
    Batch batch(lab, std::move(events));
    check_all_but(lab, batch, guilty, "400 The event contains U+0000");
}

TEST_CASE("persister: a device that was logged out meanwhile fails alone, with 401") {
    PersisterLab lab;
    auto events = events_of_new_rooms(lab, 4);
    events[1].row.transaction = {"GONE", "txn"};
    const auto guilty = events[1].row.event_id;
    Batch batch(lab, std::move(events));
    check_all_but(lab, batch, guilty, "401 Access token has been revoked");
}

TEST_CASE("persister: a session that dies at any step loses and doubles nothing") {
    for (const auto* table :
         {"events", "event_json", "event_edges", "event_forward_extremities",
          "stream_ordering_to_exterm", "event_to_state_groups", "event_search"}) {
        CAPTURE(table);
        PersisterLab lab;
        auto events = events_of_new_rooms(lab, 5);
        lab.harm(table, kTerminate, 1, "NEW.event_id = '" + events[2].row.event_id + "'");
        Batch batch(lab, std::move(events));
        check_all_written(lab, batch);
    }
}

TEST_CASE("persister: a session that dies within COMMIT loses and doubles nothing") {
    PersisterLab lab;
    auto events = events_of_new_rooms(lab, 5);
    lab.harm("events", kTerminate, 1, "NEW.event_id = '" + events[2].row.event_id + "'", true);
    Batch batch(lab, std::move(events));
    check_all_written(lab, batch);
}

TEST_CASE("persister: a session that is ended from outside while it idles is made anew") {
    PersisterLab lab;
    CHECK(lab.send(lab.make_event(lab.make_room())).get() == "ok");
    lab.terminate_persister();
    Batch batch(lab, events_of_new_rooms(lab, 2));
    check_all_written(lab, batch);
}

TEST_CASE("persister: a connection cut around COMMIT loses and doubles nothing") {
    CuttingProxy proxy(PersisterLab::socket());
    for (const Cut cut : {Cut::before_commit, Cut::after_commit, Cut::at_once}) {
        CAPTURE(static_cast<int>(cut));
        PersisterLab lab({proxy.directory(), 0});
        auto events = events_of_new_rooms(lab, 5);
        const int cuts = proxy.cuts();
        CHECK(lab.send(lab.make_event(lab.make_room())).get() == "ok");
        Batch batch = [&] {
            // The event that holds the others up passes; theirs is the COMMIT that is cut.
            std::vector<EventToPersist> none;
            Batch made(lab, std::move(none));
            proxy.cut_next(cut);
            for (auto& event : events)
                made.send(lab, std::move(event));
            return made;
        }();
        check_all_written(lab, batch);
        CHECK(proxy.cuts() == cuts + 1);
    }
}

TEST_CASE("persister: a lost session that goes on alone is ended before anything is tried again") {
    CuttingProxy proxy(PersisterLab::socket());
    PersisterLab lab({proxy.directory(), 0});
    auto event = lab.make_event(lab.make_room());
    // Long enough for a second try to overtake it, were it not ended.
    lab.harm("event_json", "PERFORM pg_sleep(1.5)", 1,
             "NEW.event_id = '" + event.row.event_id + "'");
    const auto id = event.row.event_id;
    proxy.cut_next(Cut::at_once);
    CHECK(lab.send(std::move(event)).get() == "ok");
    CHECK(proxy.cuts() == 1);
    CHECK(lab.stored(id) == "1");
    CHECK(lab.told_of(id) == 1);
}

TEST_CASE("persister: serialization failures and deadlocks are tried again") {
    for (const auto* state : {"40001", "40P01"}) {
        CAPTURE(state);
        PersisterLab lab;
        auto events = events_of_new_rooms(lab, 4);
        lab.harm("event_edges", std::string("RAISE SQLSTATE '") + state + "'", 3,
                 "NEW.event_id = '" + events[0].row.event_id + "'");
        Batch batch(lab, std::move(events));
        check_all_written(lab, batch);
    }
}

TEST_CASE("persister: a real deadlock is tried again") {
    PersisterLab lab;
    auto event = lab.make_event(lab.make_room());
    const auto id = event.row.event_id;
    const auto room = event.row.room_id;
    pg::Connection other({std::getenv("AKSONO_TEST_DSN"), "aksono-dbtest", 0});
    Outcome outcome;
    // It holds what the persister takes last, and wants what that took first.
    other.run(pg::Isolation::read_committed, [&](pg::Transaction& tx) {
        tx.query_text("SET LOCAL deadlock_timeout = '1min'");
        tx.query_text("SELECT 1 FROM sliding_sync_joined_rooms WHERE room_id = '" + room +
                      "' FOR UPDATE");
        outcome = lab.send(std::move(event));
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        tx.query_text("SELECT 1 FROM event_forward_extremities WHERE room_id = '" + room +
                      "' FOR UPDATE");
    });
    CHECK(outcome.get() == "ok");
    CHECK(lab.stored(id) == "1");
}

TEST_CASE("persister: a statement that takes too long fails alone") {
    PersisterLab lab({"", 400});
    auto events = events_of_new_rooms(lab, 3);
    const auto guilty = events[1].row.event_id;
    lab.harm("event_json", "PERFORM pg_sleep(2)", 1000, "NEW.event_id = '" + guilty + "'");
    Batch batch(lab, std::move(events));
    check_all_but(lab, batch, guilty, "statement timeout");
}

TEST_CASE("persister: nothing is written any more once the fence is lost") {
    PersisterLab lab;
    std::atomic<bool> alone = true;
    lab.persister().only_write_while([&] { return alone.load(); });
    SECTION("before") {
        alone = false;
        auto event = lab.make_event(lab.make_room());
        const auto id = event.row.event_id;
        CHECK_THAT(lab.send(std::move(event)).get(), Catch::StartsWith("503"));
        CHECK(lab.told_of(id) == 0);
    }
    SECTION("in the middle, with a session that is lost") {
        auto event = lab.make_event(lab.make_room());
        const auto id = event.row.event_id;
        lab.harm("event_json", "PERFORM pg_sleep(0.5); " + std::string(kTerminate), 1,
                 "NEW.event_id = '" + id + "'");
        auto outcome = lab.send(std::move(event));
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        alone = false;
        CHECK_THAT(outcome.get(), Catch::StartsWith("503"));
        CHECK(lab.stored(id).starts_with("0 in events"));
        alone = true;
        CHECK(lab.send(lab.make_event(lab.make_room())).get() == "ok");
    }
}

TEST_CASE("persister: what was committed when the fence was lost is answered as such") {
    CuttingProxy proxy(PersisterLab::socket());
    PersisterLab lab({proxy.directory(), 0});
    std::atomic<int> asked = 0;
    lab.persister().only_write_while([&] { return ++asked == 1; });
    auto event = lab.make_event(lab.make_room());
    const auto id = event.row.event_id;
    proxy.cut_next(Cut::after_commit);
    CHECK(lab.send(std::move(event)).get() == "ok");
    CHECK(lab.stored(id) == "1");
}

TEST_CASE("persister: a stop writes what waits and refuses what comes later") {
    PersisterLab lab;
    std::thread stop;
    std::vector<std::string> ids;
    std::vector<Outcome> outcomes;
    lab.in_one_batch([&] {
        for (int i = 0; i < 5; ++i) {
            auto event = lab.make_event(lab.new_room_id());
            event.row.prev_events.clear();
            ids.push_back(event.row.event_id);
            outcomes.push_back(lab.send(std::move(event)));
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        stop = std::thread([&] { lab.persister().stop(); });
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    });
    stop.join();
    for (auto& outcome : outcomes)
        CHECK(outcome.get() == "ok");
    const auto written = "SELECT count(*) FROM events WHERE event_id IN (" + quoted(ids) + ")";
    CHECK(lab.value(written) == "5");
    CHECK_THAT(lab.send(lab.make_event("!r")).get(), Catch::StartsWith("503"));
}

TEST_CASE("persister: when the database is away senders are told after some seconds") {
    CuttingProxy proxy(PersisterLab::socket());
    PersisterLab lab({proxy.directory(), 0});
    CHECK(lab.send(lab.make_event(lab.make_room())).get() == "ok");
    auto event = lab.make_event(lab.make_room());
    const auto id = event.row.event_id;
    proxy.refuse(true);
    CHECK(lab.send(std::move(event)).get() != "ok");
    CHECK(lab.stored(id).starts_with("0 in events"));
    proxy.refuse(false);
    CHECK(lab.send(lab.make_event(lab.make_room())).get() == "ok");
}

TEST_CASE("persister: an absence of the database that is short goes unnoticed") {
    CuttingProxy proxy(PersisterLab::socket());
    PersisterLab lab({proxy.directory(), 0});
    CHECK(lab.send(lab.make_event(lab.make_room())).get() == "ok");
    proxy.refuse(true);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    auto outcome = lab.send(lab.make_event(lab.make_room()));
    proxy.refuse(false);
    CHECK(outcome.get() == "ok");
}

TEST_CASE("persister: a listener that fails does not make an event fail that is written") {
    PersisterLab lab;
    lab.throw_when_told();
    Batch batch(lab, events_of_new_rooms(lab, 3));
    check_all_written(lab, batch);
}

TEST_CASE("persister: a big batch goes through") {
    PersisterLab lab;
    auto events = events_of_new_rooms(lab, 150);
    for (auto& event : events)
        event.row.json = "{\"body\":\"" + std::string(60'000, 'x') + "\"}";
    Batch batch(lab, std::move(events));
    check_all_written(lab, batch);
}

TEST_CASE("persister: events of a room stay in order while sessions die") {
    PersisterLab lab;
    RoomLocks locks;
    const std::string room = lab.make_room();
    std::string last = "$first" + room.substr(1);  // guarded by the room's lock
    std::vector<std::string> order;
    std::atomic<bool> over = false;
    const auto talk = [&] {
        for (int i = 0; i < 15; ++i) {
            ThreadWaiter waiter;
            auto hold = locks.acquire(waiter, room);
            auto event = lab.make_event(room, last);
            last = event.row.event_id;
            order.push_back(last);
            event.hold = std::move(hold);
            lab.persister().persist(waiter, std::move(event));
        }
    };
    std::vector<std::future<void>> talkers;
    for (int i = 0; i < 4; ++i)
        talkers.push_back(std::async(std::launch::async, talk));
    std::thread killer([&] {
        while (!over) {
            lab.terminate_persister();
            std::this_thread::sleep_for(std::chrono::milliseconds(60));
        }
    });
    for (auto& talker : talkers)
        CHECK_NOTHROW(talker.get());
    over = true;
    killer.join();
    CHECK(lab.value("SELECT string_agg(event_id, ' ' ORDER BY stream_ordering) FROM events"
                    " WHERE room_id = '" +
                    room + "' AND topological_ordering > 1") == [&] {
        std::string joined;
        for (const auto& id : order)
            joined += (joined.empty() ? "" : " ") + id;
        return joined;
    }());
    CHECK(lab.value("SELECT event_id FROM event_forward_extremities WHERE room_id = '" + room +
                    "'") == last);
}
