// SPDX-License-Identifier: Apache-2.0
#include "storage/redaction_invalidations.h"

#include <catch2/catch.hpp>

using namespace aksono::storage;

namespace {

/// One line for each row, as `function key key`.
std::vector<std::string> after_losing(const std::string& rel_type) {
    EventWrite event;
    event.room_id = "!room";
    event.redaction = {"$redacted", EventWrite::Relation{"$parent", rel_type, std::nullopt}};
    std::vector<std::string> lines;
    for (const auto& one : redaction_invalidations(event)) {
        CHECK_FALSE(one.all);
        std::string line = one.function;
        for (const auto& key : one.keys)
            line += " " + key;
        lines.push_back(line);
    }
    return lines;
}

}  // namespace

TEST_CASE("an event that is no redaction makes nothing stale") {
    EventWrite event;
    event.relation = EventWrite::Relation{"$parent", "m.thread", std::nullopt};
    CHECK(redaction_invalidations(event).empty());
}

TEST_CASE("the redaction of an event without relation makes nothing stale") {
    EventWrite event;
    event.redaction = {"$redacted", std::nullopt};
    CHECK(redaction_invalidations(event).empty());
}

TEST_CASE("each lost relation makes stale what was summed up from it") {
    using Lines = std::vector<std::string>;
    const std::string relations = "get_relations_for_event !room $parent";
    CHECK(after_losing("m.annotation") == Lines{relations});
    CHECK(after_losing("org.example.custom") == Lines{relations});
    CHECK(after_losing("m.replace") == Lines{relations, "get_applicable_edit $parent"});
    CHECK(after_losing("m.reference") == Lines{relations, "get_references_for_event $parent"});
    CHECK(after_losing("m.thread") == Lines{relations, "get_thread_summary $parent",
                                            "get_thread_participated $parent",
                                            "get_threads !room"});
}
