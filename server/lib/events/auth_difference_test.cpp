// SPDX-License-Identifier: Apache-2.0
#include "events/auth_chains.h"
#include "events/auth_walk.h"
#include "events/test_room.h"

#include <algorithm>
#include <set>

#include <catch2/catch.hpp>
#include <rapidcheck.h>

using namespace aksono::events;

namespace {

using Ids = std::set<std::string>;

std::string name(int number) {
    return "$" + std::to_string(number);
}

Ids ids_of(AuthDifference& difference, const AuthQuestion& question) {
    const auto answer = difference.answer(question);
    const Ids ids(answer.begin(), answer.end());
    CHECK(ids.size() == answer.size());
    return ids;
}

/// A graph whose events name some that have smaller numbers.
struct Graph {
    std::vector<std::vector<int>> edges;

    [[nodiscard]] bool reaches(int from, int to) const {
        if (from == to) return true;
        return std::ranges::any_of(edges[static_cast<std::size_t>(from)],
                                   [&](int next) { return reaches(next, to); });
    }
    [[nodiscard]] int size() const { return static_cast<int>(edges.size()); }
};

Graph random_graph() {
    Graph graph;
    const int size = *rc::gen::inRange(1, 16);
    for (int event = 0; event < size; ++event) {
        std::set<int> edges;
        const int count = event == 0 ? 0 : *rc::gen::inRange(0, 4);
        for (int edge = 0; edge < count; ++edge)
            edges.insert(*rc::gen::inRange(0, event));
        graph.edges.emplace_back(edges.begin(), edges.end());
    }
    return graph;
}

/// A cover of a graph's first events: chains of events that name the one before; every other edge
/// is a link.
class Cover : public ChainSource {
public:
    Cover(const Graph& graph, int placed) {
        std::map<std::int64_t, std::int64_t> lengths;
        for (int event = 0; event < placed; ++event) {
            const auto& edges = graph.edges[static_cast<std::size_t>(event)];
            ChainPlace place{static_cast<std::int64_t>(lengths.size()) + 7, 1};
            for (const int edge : edges) {
                const ChainPlace before = all_.places.at(name(edge));
                if (lengths.at(before.chain) == before.sequence && *rc::gen::inRange(0, 4) > 0) {
                    place = {before.chain, before.sequence + 1};
                    break;
                }
            }
            lengths[place.chain] = place.sequence;
            for (const int edge : edges) {
                const ChainPlace target = all_.places.at(name(edge));
                if (target.chain != place.chain) all_.links.push_back({place, target});
            }
            all_.places[name(event)] = place;
        }
    }
    AuthChains load(const std::vector<std::string>& ids) override {
        ++loads;
        AuthChains chains;
        chains.links = all_.links;
        for (const auto& id : ids) {
            const auto it = all_.places.find(id);
            if (it != all_.places.end()) chains.places.insert(*it);
        }
        return chains;
    }
    std::vector<std::string> events_in(const std::vector<ChainRange>& ranges) override {
        std::vector<std::string> ids;
        for (const auto& range : ranges) {
            for (const auto& [id, place] : all_.places) {
                if (place.chain == range.chain && place.sequence > range.after &&
                    place.sequence <= range.upto) {
                    ids.push_back(id);
                }
            }
        }
        return ids;
    }

    int loads = 0;

private:
    AuthChains all_;
};

AuthQuestion random_question(const Graph& graph) {
    AuthQuestion question;
    question.wants_subgraph = *rc::gen::arbitrary<bool>();
    const auto some = [&] {
        Ids ids;
        const int count = *rc::gen::inRange(0, 5);
        for (int i = 0; i < count; ++i)
            ids.insert(name(*rc::gen::inRange(0, graph.size())));
        return std::vector<std::string>(ids.begin(), ids.end());
    };
    const int states = *rc::gen::inRange(1, 5);
    for (int state = 0; state < states; ++state)
        question.states.push_back(some());
    question.shared = some();
    return question;
}

/// By the definitions' own words.
Ids expected(const Graph& graph, const AuthQuestion& question) {
    const auto reaches = [&](const std::vector<std::string>& from, int to) {
        return std::ranges::any_of(
            from, [&](const auto& id) { return graph.reaches(std::stoi(id.substr(1)), to); });
    };
    Ids ids;
    for (int event = 0; event < graph.size(); ++event) {
        std::size_t chains = 0;
        bool below = false;
        bool above = false;
        for (const auto& state : question.states) {
            chains += reaches(state, event) || reaches(question.shared, event) ? 1 : 0;
            below = below || reaches(state, event);
            above = above || std::ranges::any_of(state, [&](const auto& id) {
                        return graph.reaches(event, std::stoi(id.substr(1)));
                    });
        }
        const bool differs = chains > 0 && chains < question.states.size();
        if (differs || (question.wants_subgraph && below && above)) ids.insert(name(event));
    }
    return ids;
}

TestRoom room_of(const Graph& graph) {
    TestRoom room("11");
    for (int event = 0; event < graph.size(); ++event) {
        std::vector<std::string> edges;
        for (const int edge : graph.edges[static_cast<std::size_t>(event)])
            edges.push_back(name(edge));
        room.add_with_auth(name(event), edges);
    }
    return room;
}

}  // namespace

TEST_CASE("a walk and a chain cover find the difference that the definitions say") {
    rc::check([] {
        const Graph graph = random_graph();
        TestRoom room = room_of(graph);
        const AuthQuestion question = random_question(graph);
        const Ids wanted = expected(graph, question);

        WalkedAuthDifference walk(room);
        RC_ASSERT(ids_of(walk, question) == wanted);

        // Some are new: they have no place yet, and that is known or not.
        const int placed = *rc::gen::inRange(0, graph.size() + 1);
        Cover cover(graph, placed);
        std::unordered_set<std::string> fresh;
        if (*rc::gen::arbitrary<bool>()) {
            for (int event = placed; event < graph.size(); ++event)
                fresh.insert(name(event));
        }
        const bool all_known = placed == graph.size() || !fresh.empty();
        ChainedAuthDifference chained(cover, room, std::move(fresh));
        RC_ASSERT(ids_of(chained, question) == wanted);
        if (all_known) RC_ASSERT(cover.loads <= 1);
    });
}

TEST_CASE("paths between events in conflict are the subgraph") {
    // 5 → 4 → 3 → 2 → 1 → 0, and 6 → 1
    const Graph graph{{{}, {0}, {1}, {2}, {3}, {4}, {1}}};
    TestRoom room = room_of(graph);
    AuthQuestion question{{{"$5"}, {"$3"}}, {"$6"}, true};
    const Ids wanted{"$3", "$4", "$5"};
    WalkedAuthDifference walk(room);
    CHECK(ids_of(walk, question) == wanted);
    // What all share on the way down is no difference, but in the subgraph.
    question = {{{"$5"}, {"$2"}}, {"$4"}, true};
    CHECK(ids_of(walk, question) == Ids{"$2", "$3", "$4", "$5"});
    question.wants_subgraph = false;
    CHECK(ids_of(walk, question) == Ids{"$5"});
}

TEST_CASE("a walk loads events step by step, not one by one") {
    TestRoom room("11");
    room.add_with_auth("$0", {});
    std::vector<std::string> all;
    for (int i = 1; i <= 50; ++i) {
        room.add_with_auth(name(i), {"$0"});
        all.push_back(name(i));
    }
    WalkedAuthDifference walk(room);
    walk.answer({{all, {}}, {}, false});
    CHECK(room.loads == 2);
    CHECK(room.most_expected == 50);
}

TEST_CASE("where the room's id implies the create event, that authorises all others") {
    TestRoom room("12");
    StateMap state = room.begin();
    CHECK(auth_edges(*room.find("$alice")) == std::vector<std::string>{"$create"});
    CHECK(auth_edges(*room.find("$create")).empty());
    WalkedAuthDifference walk(room);
    CHECK(ids_of(walk, {{{"$alice"}, {}}, {}, false}) == Ids{"$alice", "$create"});
}
