// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace aksono::background {

/// Where an event stands in the cover of a room's auth graph by chains: it reaches all that come
/// before it in its chain. Which chains there are is what Synapse was seen to make.
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

using EventKey = std::pair<std::string, std::string>;  ///< type, state key

/// A state event without a place.
struct Unchained {
    std::string event_id;
    EventKey key;
    std::vector<std::string> auth_events;
};

/// What is known of the events that the new ones name.
struct Chained {
    EventKey key;
    ChainPlace place;
    bool last = false;  ///< in its chain
};

struct ChainCover {
    std::map<std::string, Chained> events;
    std::vector<ChainLink> links;  ///< of their chains, and of those that these lead to
};

struct CoverExtension {
    std::vector<std::pair<std::string, ChainPlace>> places;
    std::vector<ChainLink> links;
    int new_chains = 0;  ///< they are numbered -1, -2 … in places and links
};

/// Finds a place for each event: behind the auth event of the same type and state key when nothing
/// is there yet, else at the head of a new chain. Links go to what is not reached otherwise.
/// Events that others of `events` name come first; among equals the smaller id.
CoverExtension extend_cover(const ChainCover& cover, const std::vector<Unchained>& events);

}  // namespace aksono::background
