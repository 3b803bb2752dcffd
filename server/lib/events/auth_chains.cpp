// SPDX-License-Identifier: Apache-2.0
#include "events/auth_chains.h"

#include "events/chained_ground.h"

#include <algorithm>
#include <limits>

namespace aksono::events {

namespace {

using Marks = ChainedGround::Marks;

/// What is found in chains, and of the events without a place.
struct Found {
    std::vector<ChainRange> ranges;
    std::vector<bool> nodes;
};

/// «∪ Ci − ∩ Ci»
void add_difference(Found& found, const ChainedGround& ground) {
    Marks shared = ground.nothing();
    ground.add_reached(shared, ground.shared());
    std::vector<Marks> states;
    for (const auto& state : ground.states()) {
        states.push_back(shared);
        ground.add_reached(states.back(), state);
    }
    for (std::size_t chain = 0; chain < ground.chains().size(); ++chain) {
        std::int64_t least = std::numeric_limits<std::int64_t>::max();
        std::int64_t greatest = 0;
        for (const auto& state : states) {
            least = std::min(least, state.chains[chain]);
            greatest = std::max(greatest, state.chains[chain]);
        }
        if (least < greatest) {
            found.ranges.push_back({ground.chains().chain(chain), least, greatest});
        }
    }
    for (AuthGraph::Node node = 0; node < ground.graph().size(); ++node) {
        const auto reached =
            std::ranges::count_if(states, [&](const Marks& state) { return state.nodes[node]; });
        if (reached > 0 && reached < std::ssize(states)) found.nodes[node] = true;
    }
}

/// «The union of all such paths between any pair of events in the conflicted state set»
void add_subgraph(Found& found, const ChainedGround& ground) {
    AuthGraph::Nodes conflicted;
    for (const auto& state : ground.states())
        conflicted.insert(conflicted.end(), state.begin(), state.end());
    Marks below = ground.nothing();
    ground.add_reached(below, conflicted);
    const Marks above = ground.reaching(conflicted, below.nodes);
    for (std::size_t chain = 0; chain < ground.chains().size(); ++chain) {
        const std::int64_t last = below.chains[chain];
        const std::int64_t first = above.chains[chain];
        if (first <= last) found.ranges.push_back({ground.chains().chain(chain), first - 1, last});
    }
    for (AuthGraph::Node node = 0; node < ground.graph().size(); ++node) {
        if (below.nodes[node] && above.nodes[node]) found.nodes[node] = true;
    }
}

/// Without overlaps.
std::vector<ChainRange> joined(std::vector<ChainRange> ranges) {
    std::ranges::sort(ranges);
    std::vector<ChainRange> result;
    for (const auto& range : ranges) {
        if (!result.empty() && result.back().chain == range.chain &&
            range.after <= result.back().upto) {
            result.back().upto = std::max(result.back().upto, range.upto);
        } else {
            result.push_back(range);
        }
    }
    return result;
}

}  // namespace

std::vector<std::string> ChainedAuthDifference::answer(const AuthQuestion& question) {
    const ChainedGround ground(question, chains_, events_, fresh_);
    Found found{{}, std::vector<bool>(ground.graph().size())};
    add_difference(found, ground);
    if (question.wants_subgraph) add_subgraph(found, ground);
    std::vector<std::string> ids;
    if (!found.ranges.empty()) ids = chains_.events_in(joined(std::move(found.ranges)));
    for (AuthGraph::Node node = 0; node < ground.graph().size(); ++node) {
        // Those with a place are in the ranges.
        if (found.nodes[node] && !ground.is_placed(node)) ids.push_back(ground.graph().id(node));
    }
    return ids;
}

}  // namespace aksono::events
