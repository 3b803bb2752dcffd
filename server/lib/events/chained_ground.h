// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "events/auth_chains.h"
#include "events/auth_graph.h"
#include "events/chain_graph.h"

#include <optional>
#include <unordered_set>
#include <vector>

namespace aksono::events {

/// An auth graph of two parts: events without a place in a chain one by one, and behind them, as
/// nothing leads back, chains.
class ChainedGround {
public:
    /// What some events reach, or what reaches them.
    struct Marks {
        std::vector<bool> nodes;
        ChainGraph::Marks chains;
    };

    ChainedGround(const AuthQuestion& question, ChainSource& source, EventSource& events,
                  const std::unordered_set<std::string>& fresh);

    [[nodiscard]] const AuthGraph& graph() const { return graph_; }
    [[nodiscard]] const ChainGraph& chains() const { return *chains_; }
    [[nodiscard]] const AuthGraph::Nodes& shared() const { return shared_; }
    [[nodiscard]] const std::vector<AuthGraph::Nodes>& states() const { return states_; }
    [[nodiscard]] bool is_placed(AuthGraph::Node node) const { return places_[node].has_value(); }

    [[nodiscard]] Marks nothing() const;
    void add_reached(Marks& reached, const AuthGraph::Nodes& from) const;
    /// What reaches `to`; of the nodes, only those that are `within`.
    [[nodiscard]] Marks reaching(const AuthGraph::Nodes& to, const std::vector<bool>& within) const;

private:
    void load(const AuthGraph::Nodes& asked, ChainSource& source, EventSource& events,
              const std::unordered_set<std::string>& fresh);

    AuthGraph graph_;
    std::vector<AuthGraph::Nodes> states_;
    AuthGraph::Nodes shared_;
    std::vector<std::optional<ChainPlace>> places_;  ///< by node
    std::optional<ChainGraph> chains_;
};

}  // namespace aksono::events
