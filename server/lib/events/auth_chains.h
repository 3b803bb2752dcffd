// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "events/auth_difference.h"
#include "events/chain_place.h"
#include "events/event.h"

#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace aksono::events {

/// What is known of a room's chain cover, filled in one load.
struct AuthChains {
    std::unordered_map<std::string, ChainPlace> places;  ///< by event id
    /// Of the chains of `places`, and of those that they lead to.
    std::vector<ChainLink> links;
};

/// Part of a chain.
struct ChainRange {
    std::int64_t chain = 0;
    std::int64_t after = 0;  ///< not part of it
    std::int64_t upto = 0;   ///< the last that is
    auto operator<=>(const ChainRange&) const = default;
};

/// Where chain covers are read from.
class ChainSource {
public:
    virtual ~ChainSource() = default;
    /// The places of those of `ids` that have one, and their links.
    virtual AuthChains load(const std::vector<std::string>& ids) = 0;
    /// The ids of the events in the ranges.
    virtual std::vector<std::string> events_in(const std::vector<ChainRange>& ranges) = 0;
};

/// Finds the difference by the chain cover: in two loads, however long the room's history. Events
/// that have no place yet, because they are new, are read from `events`, back to those that have
/// one; so every event with a place must have its whole auth chain placed.
class ChainedAuthDifference : public AuthDifference {
public:
    /// `fresh` are events that are known to have no place. They are not asked for; any others
    /// without one cost a load more for each step back.
    ChainedAuthDifference(ChainSource& chains, EventSource& events,
                          std::unordered_set<std::string> fresh = {})
        : chains_(chains), events_(events), fresh_(std::move(fresh)) {}
    std::vector<std::string> answer(const AuthQuestion& question) override;

private:
    ChainSource& chains_;
    EventSource& events_;
    std::unordered_set<std::string> fresh_;
};

}  // namespace aksono::events
