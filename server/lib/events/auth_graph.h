// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "events/event.h"

#include <cstddef>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

namespace aksono::events {

/// A part of a room's auth graph with events as numbers, so that walks over it are cheap. Walks
/// keep their own stack: they may be as deep as the room is old.
class AuthGraph {
public:
    using Node = std::size_t;
    using Nodes = std::vector<Node>;

    /// Gives an event its number. What it is authorised by is not known yet.
    Node add(const std::string& id);
    std::vector<Node> add(const std::vector<std::string>& ids);

    /// Reads events, and what they are authorised by, until all that `from` reach is there.
    /// Only the events that `wanted` names are read; others are where the walk ends.
    void read(EventSource& source, const Nodes& from,
              const std::function<bool(const std::string& id)>& wanted);

    [[nodiscard]] std::size_t size() const { return ids_.size(); }
    [[nodiscard]] const std::string& id(Node node) const { return *ids_[node]; }
    [[nodiscard]] const Nodes& edges(Node node) const { return edges_[node]; }

    /// Marks `from` and all that they reach. Does not go on from what is marked already.
    void mark_reached(std::vector<bool>& marks, const Nodes& from) const;
    /// Marks `from` and all that reach them, among the nodes that are `within`.
    void mark_reaching(std::vector<bool>& marks, const Nodes& from,
                       const std::vector<bool>& within) const;

private:
    std::unordered_map<std::string, Node> nodes_;
    std::vector<const std::string*> ids_;
    std::vector<Nodes> edges_;
    std::vector<bool> is_read_;
};

}  // namespace aksono::events
