// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "events/chain_place.h"

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace aksono::events {

/// The chains of a cover and the links between them: what of a room's auth graph is needed to tell
/// who reaches whom. A walk uses each link once at most.
class ChainGraph {
public:
    /// For each chain, by its index, a sequence number.
    using Marks = std::vector<std::int64_t>;

    explicit ChainGraph(const std::vector<ChainLink>& links);

    /// Nothing is reached.
    [[nodiscard]] Marks none_reached() const { return Marks(chains_.size(), 0); }
    /// Nothing reaches.
    [[nodiscard]] Marks none_reaching() const;

    /// What is reached in a chain, all up to its mark, grows by `from` and by all that it reaches.
    void add_reached(Marks& reached, ChainPlace from) const;
    /// What reaches, in a chain all from its mark on, grows by `to` and by all that reach it.
    void add_reaching(Marks& reaching, ChainPlace to) const;

    /// Gives the place's chain an index, where no link had told of it.
    void add_chain(std::int64_t chain);
    [[nodiscard]] std::size_t size() const { return chains_.size(); }
    [[nodiscard]] std::int64_t chain(std::size_t index) const { return chains_[index].id; }
    /// The mark of the place's chain.
    [[nodiscard]] std::int64_t mark(const Marks& marks, ChainPlace place) const;

private:
    /// A link as one of its ends sees it.
    struct End {
        std::int64_t here;   ///< the sequence number in this chain
        std::size_t chain;   ///< the other, by its index
        std::int64_t there;  ///< the sequence number in the other
    };
    struct Chain {
        std::int64_t id;
        std::vector<End> to;    ///< links from this chain, by `here`
        std::vector<End> from;  ///< links to this chain, by `here`
    };
    struct Step {
        std::size_t chain;
        std::int64_t sequence;
    };

    std::size_t index_of(std::int64_t chain);

    std::unordered_map<std::int64_t, std::size_t> indexes_;
    std::vector<Chain> chains_;
};

}  // namespace aksono::events
