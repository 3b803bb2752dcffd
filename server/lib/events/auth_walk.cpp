// SPDX-License-Identifier: Apache-2.0
#include "events/auth_walk.h"

#include "events/auth_graph.h"

namespace aksono::events {

namespace {

using Marks = std::vector<bool>;

struct Start {
    std::vector<AuthGraph::Nodes> states;
    AuthGraph::Nodes shared;
    AuthGraph::Nodes all_states;  ///< without `shared`
};

Start add_question(AuthGraph& graph, const AuthQuestion& question) {
    Start start;
    for (const auto& ids : question.states) {
        start.states.push_back(graph.add(ids));
        const auto& nodes = start.states.back();
        start.all_states.insert(start.all_states.end(), nodes.begin(), nodes.end());
    }
    start.shared = graph.add(question.shared);
    return start;
}

/// «∪ Ci − ∩ Ci»
Marks difference(const AuthGraph& graph, const Start& start) {
    Marks shared(graph.size());
    graph.mark_reached(shared, start.shared);
    std::vector<std::size_t> chains(graph.size());
    for (const auto& state : start.states) {
        Marks chain = shared;
        graph.mark_reached(chain, state);
        for (AuthGraph::Node node = 0; node < graph.size(); ++node)
            chains[node] += chain[node] ? 1 : 0;
    }
    Marks marks(graph.size());
    for (AuthGraph::Node node = 0; node < graph.size(); ++node)
        marks[node] = chains[node] > 0 && chains[node] < start.states.size();
    return marks;
}

/// «The union of all such paths between any pair of events in the conflicted state set»
Marks subgraph(const AuthGraph& graph, const Start& start) {
    Marks below(graph.size());
    graph.mark_reached(below, start.all_states);
    Marks between(graph.size());
    graph.mark_reaching(between, start.all_states, below);
    return between;
}

}  // namespace

std::vector<std::string> auth_edges(const Event& event) {
    std::vector<std::string> ids = event.auth_events;
    if (event.version->room_id_is_create_hash && !event.is("m.room.create") &&
        event.room_id.size() > 1) {
        ids.push_back("$" + event.room_id.substr(1));
    }
    return ids;
}

std::vector<std::string> WalkedAuthDifference::answer(const AuthQuestion& question) {
    AuthGraph graph;
    const Start start = add_question(graph, question);
    AuthGraph::Nodes from = start.all_states;
    from.insert(from.end(), start.shared.begin(), start.shared.end());
    graph.read(source_, from, [](const std::string&) { return true; });
    const Marks in_difference = difference(graph, start);
    const Marks in_subgraph =
        question.wants_subgraph ? subgraph(graph, start) : Marks(graph.size());
    std::vector<std::string> ids;
    for (AuthGraph::Node node = 0; node < graph.size(); ++node) {
        if (in_difference[node] || in_subgraph[node]) ids.push_back(graph.id(node));
    }
    return ids;
}

}  // namespace aksono::events
