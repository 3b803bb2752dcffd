// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>

namespace aksono::events {

/// Where an event stands in the cover of a room's auth graph by chains: it reaches all that come
/// before it in its chain.
struct ChainPlace {
    std::int64_t chain = 0;
    std::int64_t sequence = 0;  ///< from 1
    auto operator<=>(const ChainPlace&) const = default;
};

/// What `origin` reaches besides, and with it all that comes before `target`.
struct ChainLink {
    ChainPlace origin;
    ChainPlace target;
    auto operator<=>(const ChainLink&) const = default;
};

}  // namespace aksono::events
