// SPDX-License-Identifier: Apache-2.0
#include "events/chained_ground.h"

#include <utility>

namespace aksono::events {

namespace {

using Node = AuthGraph::Node;
using Nodes = AuthGraph::Nodes;

void merge(AuthChains& chains, AuthChains more) {
    chains.places.merge(more.places);
    chains.links.insert(chains.links.end(), more.links.begin(), more.links.end());
}

}  // namespace

ChainedGround::ChainedGround(const AuthQuestion& question, ChainSource& source, EventSource& events,
                             const std::unordered_set<std::string>& fresh) {
    Nodes asked;
    for (const auto& ids : question.states) {
        states_.push_back(graph_.add(ids));
        asked.insert(asked.end(), states_.back().begin(), states_.back().end());
    }
    shared_ = graph_.add(question.shared);
    asked.insert(asked.end(), shared_.begin(), shared_.end());
    load(asked, source, events, fresh);
}

void ChainedGround::load(const Nodes& asked, ChainSource& source, EventSource& events,
                         const std::unordered_set<std::string>& fresh) {
    graph_.read(events, asked, [&](const std::string& id) { return fresh.contains(id); });
    AuthChains chains;
    std::unordered_set<std::string> unplaced = fresh;
    for (Node first = 0; first < graph_.size();) {
        std::vector<std::string> ids;
        Nodes level;
        for (; first < graph_.size(); ++first) {
            level.push_back(first);
            if (!fresh.contains(graph_.id(first))) ids.push_back(graph_.id(first));
        }
        merge(chains, source.load(ids));
        for (const auto& id : ids) {
            if (!chains.places.contains(id)) unplaced.insert(id);
        }
        // Those that turn out to have no place lead one step back, to others that may have.
        graph_.read(events, level, [&](const std::string& id) { return unplaced.contains(id); });
    }
    chains_.emplace(chains.links);
    places_.resize(graph_.size());
    for (Node node = 0; node < graph_.size(); ++node) {
        const auto it = chains.places.find(graph_.id(node));
        if (it == chains.places.end()) continue;
        places_[node] = it->second;
        chains_->add_chain(it->second.chain);
    }
}

ChainedGround::Marks ChainedGround::nothing() const {
    return {std::vector<bool>(graph_.size()), chains_->none_reached()};
}

void ChainedGround::add_reached(Marks& reached, const Nodes& from) const {
    Nodes stack = from;
    while (!stack.empty()) {
        const Node node = stack.back();
        stack.pop_back();
        if (reached.nodes[node]) continue;
        reached.nodes[node] = true;
        if (places_[node]) chains_->add_reached(reached.chains, *places_[node]);
        const auto& edges = graph_.edges(node);
        stack.insert(stack.end(), edges.begin(), edges.end());
    }
}

ChainedGround::Marks ChainedGround::reaching(const Nodes& to,
                                             const std::vector<bool>& within) const {
    Marks marks{std::vector<bool>(graph_.size()), chains_->none_reaching()};
    for (const Node node : to) {
        if (places_[node]) chains_->add_reaching(marks.chains, *places_[node]);
    }
    // Placed nodes that reach `to` by chains alone: from them the walk goes on to the unplaced.
    Nodes ends = to;
    for (Node node = 0; node < graph_.size(); ++node) {
        const auto& place = places_[node];
        if (place && place->sequence >= chains_->mark(marks.chains, *place)) ends.push_back(node);
    }
    std::vector<bool> possible = within;
    for (const Node node : ends)
        possible[node] = true;
    graph_.mark_reaching(marks.nodes, ends, possible);
    return marks;
}

}  // namespace aksono::events
