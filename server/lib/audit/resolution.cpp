// SPDX-License-Identifier: Apache-2.0
#include "audit/resolution.h"

#include "audit/power_levels.h"

#include <algorithm>
#include <limits>

namespace aksono::audit {

namespace {

using Ids = std::set<std::string>;

const std::vector<std::string>& next(const AuthGraph& graph, const std::string& id) {
    static const std::vector<std::string> none;
    const auto it = graph.edges.find(id);
    return it == graph.edges.end() ? none : it->second;
}

/// What can be reached from `start`, itself included.
Ids reach(const AuthGraph& graph, const Ids& start) {
    Ids seen = start;
    std::vector<std::string> open(start.begin(), start.end());
    while (!open.empty()) {
        const std::string id = std::move(open.back());
        open.pop_back();
        for (const auto& further : next(graph, id)) {
            if (seen.insert(further).second) open.push_back(further);
        }
    }
    return seen;
}

Ids events_of(const StateIds& state) {
    Ids ids;
    for (const auto& [key, id] : state)
        ids.insert(id);
    return ids;
}

struct Split {
    StateIds unconflicted;
    Ids conflicted;
};

Split split(const std::vector<StateIds>& states) {
    Split result;
    for (const auto& state : states) {
        for (const auto& [key, id] : state) {
            const bool same = std::ranges::all_of(states, [&](const StateIds& other) {
                const auto it = other.find(key);
                return it != other.end() && it->second == id;
            });
            if (same) {
                result.unconflicted[key] = id;
            } else {
                result.conflicted.insert(id);
            }
        }
    }
    return result;
}

Ids auth_difference(const std::vector<StateIds>& states, const AuthGraph& graph) {
    std::map<std::string, std::size_t> in_chains;
    for (const auto& state : states) {
        for (const auto& id : reach(graph, events_of(state)))
            ++in_chains[id];
    }
    Ids difference;
    for (const auto& [id, count] : in_chains) {
        if (count < states.size()) difference.insert(id);
    }
    return difference;
}

/// Of what `start` reaches: what reaches something of `start` again.
Ids conflicted_subgraph(const AuthGraph& graph, const Ids& start) {
    AuthGraph backwards;
    for (const auto& id : reach(graph, start)) {
        for (const auto& further : next(graph, id))
            backwards.edges[further].push_back(id);
    }
    const Ids forth = reach(graph, start);
    Ids both;
    for (const auto& id : reach(backwards, start)) {
        if (forth.contains(id)) both.insert(id);
    }
    return both;
}

bool is_power_event(const Fact& fact) {
    if (!fact.state_key) return false;
    if (fact.type == "m.room.power_levels" || fact.type == "m.room.join_rules") {
        return fact.state_key->empty();
    }
    if (fact.type != "m.room.member" || fact.sender == *fact.state_key) return false;
    const std::string* membership = find_string(fact.content, "membership");
    return membership != nullptr && (*membership == "leave" || *membership == "ban");
}

/// One resolution, with all that its steps share.
class Resolution {
public:
    Resolution(int version, const AuthGraph& graph, std::map<std::string, Fact> facts)
        : version_(version), graph_(graph), facts_(std::move(facts)) {}

    StateIds run(const Split& parts, const Ids& full);

private:
    Ids power_events(const Ids& full) const;
    std::vector<std::string> by_power(const Ids& events) const;
    std::vector<std::string> by_mainline(const Ids& events, const std::string& levels) const;
    void apply(const std::vector<std::string>& events, StateIds& state) const;
    State auth_state(const Fact& event, const StateIds& state) const;
    Power power_of_sender(const Fact& event) const;
    std::string levels_of(const std::string& event) const;
    const Fact* find(const std::string& id) const {
        const auto it = facts_.find(id);
        return it == facts_.end() ? nullptr : &it->second;
    }

    int version_;
    const AuthGraph& graph_;
    std::map<std::string, Fact> facts_;
};

StateIds Resolution::run(const Split& parts, const Ids& full) {
    const Ids powerful = power_events(full);
    StateIds state = version_ >= 12 ? StateIds() : parts.unconflicted;
    apply(by_power(powerful), state);

    Ids rest;
    std::ranges::set_difference(full, powerful, std::inserter(rest, rest.end()));
    const auto levels = state.find({"m.room.power_levels", ""});
    apply(by_mainline(rest, levels == state.end() ? "" : levels->second), state);
    for (const auto& [key, id] : parts.unconflicted)
        state[key] = id;
    return state;
}

Ids Resolution::power_events(const Ids& full) const {
    Ids found;
    for (const auto& id : full) {
        const Fact* fact = find(id);
        if (fact == nullptr || !is_power_event(*fact)) continue;
        for (const auto& ancestor : reach(graph_, {id})) {
            if (full.contains(ancestor)) found.insert(ancestor);
        }
    }
    return found;
}

Power Resolution::power_of_sender(const Fact& event) const {
    State named;
    for (const auto& id : next(graph_, event.event_id)) {
        const Fact* fact = find(id);
        if (fact != nullptr && fact->state_key) named[{fact->type, *fact->state_key}] = *fact;
    }
    return PowerLevels(version_, named).of_user(event.sender);
}

/// Kahn's algorithm, the smallest candidate first.
std::vector<std::string> Resolution::by_power(const Ids& events) const {
    using Rank = std::tuple<Power, std::int64_t, std::string>;
    const auto rank = [&](const std::string& id) {
        const Fact* fact = find(id);
        if (fact == nullptr) return Rank{0, 0, id};
        const Power power = power_of_sender(*fact);
        return Rank{
            power == std::numeric_limits<Power>::max() ? std::numeric_limits<Power>::min() : -power,
            fact->origin_server_ts, id};
    };
    std::map<std::string, std::size_t> waits_for;
    std::map<std::string, std::vector<std::string>> followers;
    std::set<Rank> ready;
    for (const auto& id : events) {
        std::size_t count = 0;
        for (const auto& before : next(graph_, id)) {
            if (!events.contains(before)) continue;
            ++count;
            followers[before].push_back(id);
        }
        waits_for[id] = count;
        if (count == 0) ready.insert(rank(id));
    }
    std::vector<std::string> order;
    while (!ready.empty()) {
        const std::string id = std::get<2>(*ready.begin());
        ready.erase(ready.begin());
        order.push_back(id);
        for (const auto& follower : followers[id]) {
            if (--waits_for[follower] == 0) ready.insert(rank(follower));
        }
    }
    return order;
}

/// The power levels that an event names; empty: none.
std::string Resolution::levels_of(const std::string& event) const {
    for (const auto& id : next(graph_, event)) {
        if (graph_.power_levels.contains(id)) return id;
    }
    return "";
}

std::vector<std::string> Resolution::by_mainline(const Ids& events,
                                                 const std::string& levels) const {
    std::map<std::string, std::int64_t> mainline;
    for (std::string id = levels; !id.empty(); id = levels_of(id))
        mainline.emplace(id, static_cast<std::int64_t>(mainline.size()));
    using Rank = std::tuple<std::int64_t, std::int64_t, std::string>;
    std::vector<Rank> ranks;
    for (const auto& event : events) {
        std::string id = levels_of(event);
        while (!id.empty() && !mainline.contains(id))
            id = levels_of(id);
        const std::int64_t position =
            id.empty() ? std::numeric_limits<std::int64_t>::max() : mainline.at(id);
        const Fact* fact = find(event);
        ranks.emplace_back(-position, fact != nullptr ? fact->origin_server_ts : 0, event);
    }
    std::ranges::sort(ranks);
    std::vector<std::string> order;
    for (auto& rank : ranks)
        order.push_back(std::move(std::get<2>(rank)));
    return order;
}

State Resolution::auth_state(const Fact& event, const StateIds& state) const {
    State found;
    for (const auto& id : next(graph_, event.event_id)) {
        const Fact* fact = find(id);
        if (fact == nullptr || fact->rejected || !fact->state_key) continue;
        found[{fact->type, *fact->state_key}] = *fact;
    }
    for (const auto& key : auth_keys(version_, event)) {
        const auto it = state.find(key);
        const Fact* fact = it == state.end() ? nullptr : find(it->second);
        if (fact != nullptr) found[key] = *fact;
    }
    return found;
}

void Resolution::apply(const std::vector<std::string>& events, StateIds& state) const {
    for (const auto& id : events) {
        const Fact* fact = find(id);
        if (fact == nullptr || !fact->state_key || fact->rejected) continue;
        if (refusal(version_, *fact, auth_state(*fact, state))) continue;
        state[{fact->type, *fact->state_key}] = id;
    }
}

}  // namespace

StateIds resolve(int version, const std::vector<StateIds>& states, const AuthGraph& graph,
                 const ReadFacts& read_facts) {
    const Split parts = split(states);
    Ids full = auth_difference(states, graph);
    full.insert(parts.conflicted.begin(), parts.conflicted.end());
    if (version >= 12) full.merge(conflicted_subgraph(graph, parts.conflicted));

    // What the rules look at: the events themselves, what they name, and what is not in dispute.
    Ids wanted = full;
    for (const auto& id : full)
        wanted.insert(next(graph, id).begin(), next(graph, id).end());
    auto facts = read_facts(wanted);
    Ids undisputed;
    for (const auto& [id, fact] : facts) {
        for (const auto& key : auth_keys(version, fact)) {
            const auto it = parts.unconflicted.find(key);
            if (it != parts.unconflicted.end()) undisputed.insert(it->second);
        }
    }
    facts.merge(read_facts(undisputed));
    return Resolution(version, graph, std::move(facts)).run(parts, full);
}

}  // namespace aksono::audit
