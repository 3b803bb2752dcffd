// SPDX-License-Identifier: Apache-2.0
#include "background/chain_cover.h"

#include <catch2/catch.hpp>

namespace aksono::background {

namespace {

std::map<std::string, ChainPlace> places_of(const CoverExtension& extension) {
    return {extension.places.begin(), extension.places.end()};
}

const EventKey kCreate{"create", ""};
const EventKey kAlice{"member", "alice"};
const EventKey kLevels{"levels", ""};
const EventKey kName{"name", ""};

}  // namespace

TEST_CASE("a new room is a chain for each kind of state") {
    const auto made = extend_cover({}, {{"levels", kLevels, {"create", "alice"}},
                                        {"create", kCreate, {}},
                                        {"alice", kAlice, {"create"}}});
    CHECK(made.new_chains == 3);
    CHECK(places_of(made) == std::map<std::string, ChainPlace>{
                                 {"create", {-1, 1}}, {"alice", {-2, 1}}, {"levels", {-3, 1}}});
    // The create event is reached through the member.
    CHECK(made.links == std::vector<ChainLink>{{{-2, 1}, {-1, 1}}, {{-3, 1}, {-2, 1}}});
}

TEST_CASE("state that names what it replaces goes behind it") {
    ChainCover cover;
    cover.events = {{"create", {kCreate, {1, 1}, true}},
                    {"alice", {kAlice, {2, 1}, true}},
                    {"levels", {kLevels, {3, 4}, true}}};
    cover.links = {{{2, 1}, {1, 1}}, {{3, 1}, {2, 1}}};
    const auto made = extend_cover(cover, {{"more", kLevels, {"create", "alice", "levels"}},
                                           {"name", kName, {"create", "alice", "levels"}}});
    CHECK(places_of(made) ==
          std::map<std::string, ChainPlace>{{"more", {3, 5}}, {"name", {-1, 1}}});
    CHECK(made.links == std::vector<ChainLink>{{{-1, 1}, {3, 4}}});
}

TEST_CASE("of two that replace the same, the smaller id goes behind it") {
    ChainCover cover;
    cover.events = {{"old", {kLevels, {1, 1}, true}}};
    const auto made = extend_cover(cover, {{"b", kLevels, {"old"}}, {"a", kLevels, {"old"}}});
    CHECK(places_of(made) == std::map<std::string, ChainPlace>{{"a", {1, 2}}, {"b", {-1, 1}}});
    CHECK(made.links == std::vector<ChainLink>{{{-1, 1}, {1, 1}}});
}

TEST_CASE("what is not last in its chain is not gone on with") {
    ChainCover cover;
    cover.events = {{"old", {kLevels, {1, 1}, false}}};
    const auto made = extend_cover(cover, {{"new", kLevels, {"old"}}});
    CHECK(places_of(made) == std::map<std::string, ChainPlace>{{"new", {-1, 1}}});
}

TEST_CASE("what is not known is passed over") {
    const auto made = extend_cover({}, {{"new", kLevels, {"unknown"}}});
    CHECK(made.new_chains == 1);
    CHECK(made.links.empty());
}

}  // namespace aksono::background
