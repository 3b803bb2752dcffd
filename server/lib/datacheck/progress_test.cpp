// SPDX-License-Identifier: Apache-2.0
#include "datacheck/progress.h"

#include "datacheck/engine.h"

#include <catch2/catch.hpp>

using namespace aksono;
using namespace aksono::datacheck;

namespace {

Probe probe() {
    Probe probe;
    probe.id = "a-b";
    probe.title = "{} things are odd";
    probe.fix = {"UPDATE t SET x = 1 WHERE y IN ({})", "", false};
    return probe;
}

}  // namespace

TEST_CASE("progress is written and read again") {
    Progress progress{"db", {}};
    progress.answers["a-b"] = {false, "17", 3, {"$x", "$y"}, Gap::budget, ""};
    progress.answers["c"] = {true, "", 0, {}, Gap::none, "", 2, "invalid input syntax"};
    CHECK(read_progress(write_progress(progress)) == progress);
    CHECK_FALSE(progress.complete());
    progress.answers["a-b"].gap = Gap::forbidden;
    CHECK(progress.complete());
    CHECK_THROWS_WITH(read_progress(Json::parse(R"({"form": 2})")),
                      "is no file that a check has written to go on from");
    CHECK_THROWS(read_progress(Json()));
}

TEST_CASE("answers become findings, with numbers and objects filled in") {
    Progress progress;
    progress.answers["a-b"] = {true, "", 3, {"it's", "b"}, Gap::none, ""};
    const auto findings = findings_of({probe()}, progress);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].summary == "3 things are odd");
    CHECK(findings[0].object == "it's, b and 1 more");
    CHECK(findings[0].fix.sql == "UPDATE t SET x = 1 WHERE y IN ('it''s', 'b')");
}

TEST_CASE("what was not asked is told, and a refused statement is a warning") {
    Progress progress;
    progress.answers["a-b"] = {false, "5", 1, {"x"}, Gap::budget, ""};
    auto findings = findings_of({probe()}, progress);
    REQUIRE(findings.size() == 2);
    CHECK(findings[1].id == "not-asked");
    CHECK(findings[1].summary == "a-b was not asked to the end: the time was up, at 5");
    progress.answers["a-b"] = {false, "", 0, {}, Gap::failed, "syntax error"};
    findings = findings_of({probe()}, progress);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].id == "question-failed");
    CHECK(findings[0].severity == synschema::Severity::warning);
}

TEST_CASE("a probe is not asked without its tables, nor while it is excused") {
    synschema::LiveDatabase live;
    live.schema.tables["events"].columns = {{"event_id", "text", true, "", "", ""}};
    live.schema.tables["locks"].unlogged = true;
    Surroundings around{&live, &live, {}, {}};
    Probe one = probe();
    one.tables = {"events"};
    one.columns = {"events.event_id"};
    CHECK_FALSE(obstacle(one, around));
    one.columns = {"events.state_key"};
    CHECK(obstacle(one, around)->gap == Gap::none);
    one.columns = {};
    one.tables = {"events", "nothing"};
    CHECK(obstacle(one, around)->gap == Gap::none);
    one.tables = {"events"};
    around.unreadable = {"events"};
    CHECK(obstacle(one, around)->gap == Gap::forbidden);
    around.unreadable = {};
    one.unless = {"fill_it"};
    live.bookkeeping.background_updates = {{"fill_it", "", 1}};
    CHECK(obstacle(one, around)->gap == Gap::none);
    Probe other = probe();
    other.tables = {"locks"};
    CHECK_FALSE(obstacle(other, around));
    live.server.in_recovery = true;
    CHECK(obstacle(other, around)->gap == Gap::unlogged);
}
