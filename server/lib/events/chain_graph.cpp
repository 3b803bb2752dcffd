// SPDX-License-Identifier: Apache-2.0
#include "events/chain_graph.h"

#include <algorithm>
#include <limits>

namespace aksono::events {

ChainGraph::ChainGraph(const std::vector<ChainLink>& links) {
    for (const auto& [origin, target] : links) {
        const std::size_t from = index_of(origin.chain);
        const std::size_t to = index_of(target.chain);
        chains_[from].to.push_back({origin.sequence, to, target.sequence});
        chains_[to].from.push_back({target.sequence, from, origin.sequence});
    }
    for (auto& chain : chains_) {
        std::ranges::sort(chain.to, {}, &End::here);
        std::ranges::sort(chain.from, {}, &End::here);
    }
}

std::size_t ChainGraph::index_of(std::int64_t chain) {
    const auto [it, is_new] = indexes_.try_emplace(chain, chains_.size());
    if (is_new) chains_.push_back({chain, {}, {}});
    return it->second;
}

void ChainGraph::add_chain(std::int64_t chain) {
    index_of(chain);
}

ChainGraph::Marks ChainGraph::none_reaching() const {
    return Marks(chains_.size(), std::numeric_limits<std::int64_t>::max());
}

std::int64_t ChainGraph::mark(const Marks& marks, ChainPlace place) const {
    return marks[indexes_.at(place.chain)];
}

void ChainGraph::add_reached(Marks& reached, ChainPlace from) const {
    std::vector<Step> steps{{indexes_.at(from.chain), from.sequence}};
    while (!steps.empty()) {
        const auto [index, sequence] = steps.back();
        steps.pop_back();
        const std::int64_t before = reached[index];
        if (sequence <= before) continue;
        reached[index] = sequence;
        // The links of what is newly reached; those before it were followed earlier.
        const auto& links = chains_[index].to;
        auto link = std::ranges::upper_bound(links, before, {}, &End::here);
        for (; link != links.end() && link->here <= sequence; ++link)
            steps.push_back({link->chain, link->there});
    }
}

void ChainGraph::add_reaching(Marks& reaching, ChainPlace to) const {
    std::vector<Step> steps{{indexes_.at(to.chain), to.sequence}};
    while (!steps.empty()) {
        const auto [index, sequence] = steps.back();
        steps.pop_back();
        const std::int64_t before = reaching[index];
        if (sequence >= before) continue;
        reaching[index] = sequence;
        // The links to what newly reaches.
        const auto& links = chains_[index].from;
        auto link = std::ranges::lower_bound(links, sequence, {}, &End::here);
        for (; link != links.end() && link->here < before; ++link)
            steps.push_back({link->chain, link->there});
    }
}

}  // namespace aksono::events
