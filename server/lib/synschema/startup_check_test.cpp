// SPDX-License-Identifier: Apache-2.0
#include "synschema/startup_check.h"

#include "synschema/catalogue.h"

#include <catch2/catch.hpp>

using namespace aksono::synschema;

namespace {

LiveDatabase healthy() {
    const auto catalogue = load_catalogue(94);
    LiveDatabase live;
    live.server = {150018, "15.18", "synapse", "UTF8", "C", "C", "public", false};
    live.schema = catalogue.schema;
    live.bookkeeping.version = 94;
    live.bookkeeping.compat_version = 84;
    for (const auto& file : catalogue.deltas) {
        live.bookkeeping.applied_deltas.emplace_back(delta_version(file), file);
    }
    return live;
}

std::string refusal(const LiveDatabase& live, const std::optional<std::string>& user = {}) {
    return refuse_startup(live, user, {"test.local", false, "homeserver.yaml"}).value_or("starts");
}

void starts_with(const std::string& text, const std::string& sentence) {
    INFO(text);
    CHECK(text.starts_with(sentence + "; homeserver.yaml: "));
    CHECK(text.find('\n') == text.npos);
}

}  // namespace

TEST_CASE("a server starts on 94 and 95") {
    auto live = healthy();
    CHECK(refusal(live, "@a:test.local") == "starts");
    live.bookkeeping.version = 95;
    CHECK(refusal(live) == "starts");
}

TEST_CASE("refusals begin with Synapse's own sentence") {
    auto live = healthy();
    SECTION("server") {
        live.server.version = 130010;
        starts_with(refusal(live), "Synapse requires PostgreSQL 14 or above.");
    }
    SECTION("encoding") {
        live.server.encoding = "LATIN1";
        starts_with(refusal(live), "Database has incorrect encoding: 'LATIN1' instead of 'UTF8'");
    }
    SECTION("locale") {
        live.server.ctype = "C.UTF-8";
        starts_with(refusal(live), "Database has incorrect ctype of 'C.UTF-8'. Should be 'C'");
        CHECK_FALSE(refuse_startup(live, {}, {"test.local", true, ""}));
    }
    SECTION("new") {
        live.bookkeeping = {};
        CHECK(refusal(live).starts_with("Uninitialised database: "));
    }
    SECTION("too new") {
        const std::string sentence =
            "Cannot use this database as it is too new for the server to understand";
        live.bookkeeping.compat_version = 95;
        starts_with(refusal(live), sentence);
        live.bookkeeping.compat_version = 84;
        live.bookkeeping.version = 96;
        starts_with(refusal(live), sentence);
    }
    SECTION("server_name") {
        starts_with(refusal(live, "@a:other.test.local"),
                    "Found users in database not native to test.local! You cannot change a "
                    "synapse server_name after it's been configured");
    }
    SECTION("too old") {
        live.bookkeeping.version = 93;
        starts_with(refusal(live), "Expected database schema version 94 but got 93");
        CHECK(refusal(live).find("aksono-migrate up") != std::string::npos);
    }
    SECTION("early 94") {
        live.bookkeeping.applied_deltas.pop_back();
        CHECK(refusal(live).starts_with("Database schema delta 94/"));
        CHECK(refusal(live).find("Synapse 1.163.2") != std::string::npos);
    }
    SECTION("position ahead") {
        live.bookkeeping.stream_positions = {{"receipts", "master", 99999}};
        starts_with(refusal(live),
                    "Postgres sequence 'receipts_sequence' is inconsistent with associated stream "
                    "position of 'receipts' in the 'stream_positions' table");
    }
}
