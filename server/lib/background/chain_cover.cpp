// SPDX-License-Identifier: Apache-2.0
#include "background/chain_cover.h"

#include <algorithm>
#include <set>

namespace aksono::background {

namespace {

/// What leads where: a place reaches what its chain links to from places up to its own.
class Reach {
public:
    explicit Reach(const std::vector<ChainLink>& links) {
        for (const auto& link : links)
            add(link);
    }

    void add(const ChainLink& link) { links_[link.origin.chain].push_back(link); }

    [[nodiscard]] bool leads(ChainPlace from, ChainPlace to) const {
        std::map<std::int64_t, std::int64_t> seen;  // chain → the highest place reached in it
        std::vector<ChainPlace> open{from};
        while (!open.empty()) {
            const ChainPlace place = open.back();
            open.pop_back();
            auto& highest = seen[place.chain];
            if (highest >= place.sequence) continue;
            highest = place.sequence;
            if (place.chain == to.chain && place.sequence >= to.sequence) return true;
            const auto links = links_.find(place.chain);
            if (links == links_.end()) continue;
            for (const auto& link : links->second) {
                if (link.origin.sequence <= place.sequence) open.push_back(link.target);
            }
        }
        return false;
    }

private:
    std::map<std::int64_t, std::vector<ChainLink>> links_;
};

/// The order in which places are given.
std::vector<const Unchained*> order_of(const std::vector<Unchained>& events) {
    std::map<std::string, const Unchained*> by_id;
    for (const auto& event : events)
        by_id[event.event_id] = &event;
    std::map<std::string, int> waits_for;
    std::map<std::string, std::vector<std::string>> named_by;
    std::set<std::string> ready;
    for (const auto& [id, event] : by_id) {
        for (const auto& auth : event->auth_events) {
            if (!by_id.contains(auth)) continue;
            ++waits_for[id];
            named_by[auth].push_back(id);
        }
        if (waits_for[id] == 0) ready.insert(id);
    }
    std::vector<const Unchained*> order;
    while (!ready.empty()) {
        const std::string id = *ready.begin();
        ready.erase(ready.begin());
        order.push_back(by_id[id]);
        for (const auto& next : named_by[id]) {
            if (--waits_for[next] == 0) ready.insert(next);
        }
    }
    return order;
}

class Extender {
public:
    explicit Extender(const ChainCover& cover) : events_(cover.events), reach_(cover.links) {}

    CoverExtension run(const std::vector<Unchained>& events) {
        for (const Unchained* event : order_of(events)) {
            const ChainPlace place = place_of(*event);
            events_[event->event_id] = {event->key, place, true};
            result_.places.emplace_back(event->event_id, place);
            link(*event, place);
        }
        return std::move(result_);
    }

private:
    ChainPlace place_of(const Unchained& event) {
        for (const auto& id : event.auth_events) {
            const auto auth = events_.find(id);
            if (auth == events_.end() || auth->second.key != event.key || !auth->second.last)
                continue;
            auth->second.last = false;
            return {auth->second.place.chain, auth->second.place.sequence + 1};
        }
        return {-(++result_.new_chains), 1};
    }

    /// To those of its auth events that no other one leads to.
    void link(const Unchained& event, ChainPlace place) {
        std::set<ChainPlace> named;
        for (const auto& id : event.auth_events) {
            const auto auth = events_.find(id);
            if (auth != events_.end()) named.insert(auth->second.place);
        }
        for (const auto& target : named) {
            if (target.chain == place.chain) continue;
            const bool reached = std::ranges::any_of(named, [&](const ChainPlace& other) {
                return other != target && reach_.leads(other, target);
            });
            if (!reached) result_.links.push_back({place, target});
        }
        for (const auto& added : result_.links) {
            if (added.origin == place) reach_.add(added);
        }
    }

    std::map<std::string, Chained> events_;
    Reach reach_;
    CoverExtension result_;
};

}  // namespace

CoverExtension extend_cover(const ChainCover& cover, const std::vector<Unchained>& events) {
    return Extender(cover).run(events);
}

}  // namespace aksono::background
