// SPDX-License-Identifier: Apache-2.0
#include "events/auth_graph.h"

#include "events/auth_walk.h"

namespace aksono::events {

AuthGraph::Node AuthGraph::add(const std::string& id) {
    const auto [it, is_new] = nodes_.try_emplace(id, ids_.size());
    if (is_new) {
        ids_.push_back(&it->first);
        edges_.emplace_back();
        is_read_.push_back(false);
    }
    return it->second;
}

AuthGraph::Nodes AuthGraph::add(const std::vector<std::string>& ids) {
    Nodes nodes;
    nodes.reserve(ids.size());
    for (const auto& id : ids)
        nodes.push_back(add(id));
    return nodes;
}

void AuthGraph::read(EventSource& source, const Nodes& from,
                     const std::function<bool(const std::string& id)>& wanted) {
    Nodes level = from;
    while (!level.empty()) {
        // One load for each step back, not for each event.
        Nodes reading;
        std::vector<std::string> ids;
        for (const Node node : level) {
            if (is_read_[node] || !wanted(id(node))) continue;
            is_read_[node] = true;
            reading.push_back(node);
            ids.push_back(id(node));
        }
        if (!ids.empty()) source.expect(ids);
        level.clear();
        for (const Node node : reading) {
            const EventPtr event = source.find(id(node));
            if (event == nullptr) continue;
            Nodes edges = add(auth_edges(*event));
            level.insert(level.end(), edges.begin(), edges.end());
            edges_[node] = std::move(edges);
        }
    }
}

void AuthGraph::mark_reached(std::vector<bool>& marks, const Nodes& from) const {
    marks.resize(size());
    Nodes stack = from;
    while (!stack.empty()) {
        const Node node = stack.back();
        stack.pop_back();
        if (marks[node]) continue;
        marks[node] = true;
        for (const Node next : edges_[node]) {
            if (!marks[next]) stack.push_back(next);
        }
    }
}

void AuthGraph::mark_reaching(std::vector<bool>& marks, const Nodes& from,
                              const std::vector<bool>& within) const {
    std::vector<Nodes> back(size());
    for (Node node = 0; node < size(); ++node) {
        if (!within[node]) continue;
        for (const Node next : edges_[node])
            back[next].push_back(node);
    }
    marks.resize(size());
    Nodes stack = from;
    while (!stack.empty()) {
        const Node node = stack.back();
        stack.pop_back();
        if (marks[node] || !within[node]) continue;
        marks[node] = true;
        stack.insert(stack.end(), back[node].begin(), back[node].end());
    }
}

}  // namespace aksono::events
