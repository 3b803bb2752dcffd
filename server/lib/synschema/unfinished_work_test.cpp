// SPDX-License-Identifier: Apache-2.0
#include "synschema/unfinished_work.h"

#include <catch2/catch.hpp>

using namespace aksono::synschema;

TEST_CASE("a database without unfinished work is taken over") {
    const UnfinishedWork nothing;
    CHECK(nothing.notes().empty());
    CHECK_FALSE(nothing.refuse_writing("homeserver.yaml"));
}

TEST_CASE("rooms in partial state are no rooms to write to") {
    UnfinishedWork work;
    work.partial_state_rooms = {"!a:x", "!b:x", "!c:x", "!d:x"};
    const auto line = work.refuse_writing("homeserver.yaml").value_or("");
    CHECK(
        line.starts_with("Not fully joined yet: 4 rooms in partial state (!a:x, !b:x, !c:x …); "
                         "homeserver.yaml: database: start Synapse"));
    CHECK(line.find('\n') == line.npos);
    CHECK(work.notes() == std::vector<std::string>{"4 rooms in partial state: !a:x, !b:x, !c:x …"});
}

TEST_CASE("a deletion that has begun must be finished, other tasks are named") {
    UnfinishedWork work;
    work.tasks = {{"shutdown_and_purge_room", "scheduled", "!a:x"},
                  {"purge_history", "active", "!b:x"},
                  {"a_module's_own", "active", ""}};
    CHECK_FALSE(work.refuse_writing(""));
    CHECK(work.notes() ==
          std::vector<std::string>{"Task shutdown_and_purge_room is scheduled for !a:x",
                                   "Task purge_history is active for !b:x",
                                   "Task a_module's_own is active"});
    work.tasks.push_back({"purge_room", "active", "!c:x"});
    const auto line = work.refuse_writing("").value_or("");
    CHECK(line.starts_with("Half deleted: 1 room (!c:x); database: start Synapse"));
}

TEST_CASE("what waits to be sent is named") {
    UnfinishedWork work;
    work.delayed_events = 1;
    work.appservice_transactions = 2;
    CHECK_FALSE(work.refuse_writing(""));
    CHECK(work.notes() ==
          std::vector<std::string>{"1 delayed event not sent yet",
                                   "2 transactions not delivered to application services yet"});
}
