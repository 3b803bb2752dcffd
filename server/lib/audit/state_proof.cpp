// SPDX-License-Identifier: Apache-2.0
#include "audit/state_proof.h"

#include "audit/event_rules.h"

#include <algorithm>

namespace aksono::audit {

namespace {

/// An event whose state before is known: a group's, or, after a fork, what the states of several
/// groups resolve to. The first event of a room has neither.
struct Placed {
    const WrittenEvent* event = nullptr;
    int version = 0;
    Fact fact;
    std::optional<Group> before;
    std::optional<StateIds> resolved;
};

bool adds_to_state(const Placed& placed) {
    return placed.fact.state_key && !placed.event->rejected;
}

/// Does the work over one batch of events.
class Judge {
public:
    Judge(pg::Transaction& tx, const std::string& server_name)
        : tx_(tx), server_name_(server_name) {}

    StateVerdict run(const std::vector<Judged>& events);

private:
    void place(const std::vector<Judged>& events);
    bool place_one(Placed& placed, const std::map<std::string, Group>& groups);
    std::optional<Group> common_group(const std::set<Group>& groups);
    StateIds resolve_groups(int version, const std::set<Group>& groups);
    void compare_groups();
    void judge_group(const Placed& placed, const std::map<Group, std::string>& steps);
    std::vector<StateDifference> differences_of(const Placed& placed);
    void judge_rules();
    void judge_auth_events(const Placed& placed, const std::map<GroupKey, std::string>& state);
    State state_of(const Placed& placed, const std::map<GroupKey, std::string>& state,
                   const std::map<std::string, Fact>& facts) const;
    State named_state(const Placed& placed, const std::map<std::string, Fact>& facts) const;
    void blame(const Placed& placed, const char* id, std::string what) {
        verdict_.flaws[placed.event->event_id].push_back({id, std::move(what)});
    }

    pg::Transaction& tx_;
    const std::string& server_name_;
    std::vector<Placed> placed_;
    std::map<std::string, int> version_of_;
    StateVerdict verdict_;
};

std::string id_under(const StateIds& state, const StateKey& key) {
    const auto it = state.find(key);
    return it == state.end() ? "" : it->second;
}

/// The event that the state before has under a key; empty: none.
std::string id_before(const Placed& placed, const StateKey& key,
                      const std::map<GroupKey, std::string>& state) {
    if (placed.resolved) return id_under(*placed.resolved, key);
    const auto it = placed.before ? state.find({*placed.before, key}) : state.end();
    return it == state.end() ? "" : it->second;
}

/// What the rules look at, the create event too where it is not named.
std::vector<StateKey> looked_at(const Placed& placed) {
    auto keys = auth_keys(placed.version, placed.fact);
    if (placed.version >= 12 && !keys.empty()) keys.emplace_back("m.room.create", "");
    return keys;
}

StateVerdict Judge::run(const std::vector<Judged>& events) {
    place(events);
    compare_groups();
    judge_rules();
    return std::move(verdict_);
}

void Judge::place(const std::vector<Judged>& events) {
    std::set<std::string> followed;
    for (const auto& judged : events) {
        followed.insert(judged.event->edge_rows.begin(), judged.event->edge_rows.end());
        version_of_[judged.event->room_id] = judged.version;
    }
    const auto groups = read_groups(tx_, followed);
    for (const auto& [event, version] : events) {
        if (event->outlier) continue;
        Placed placed{event, version, fact_of(*event, version), std::nullopt, std::nullopt};
        if (place_one(placed, groups)) {
            placed_.push_back(std::move(placed));
        } else {
            verdict_.open.push_back(event->event_id);
        }
    }
}

bool Judge::place_one(Placed& placed, const std::map<std::string, Group>& groups) {
    std::set<Group> before;
    for (const auto& id : placed.event->edge_rows) {
        const auto group = groups.find(id);
        if (group == groups.end()) return false;
        before.insert(group->second);
    }
    if (before.empty()) return placed.fact.type == "m.room.create";
    placed.before = common_group(before);
    if (placed.before) return true;
    if (placed.version < 2) return false;  // resolves in a way of its own
    placed.resolved = resolve_groups(placed.version, before);
    return true;
}

/// One of the groups when all of them have the same state.
std::optional<Group> Judge::common_group(const std::set<Group>& groups) {
    const Group first = *groups.begin();
    for (const Group other : groups) {
        if (other != first && !read_difference(tx_, first, other).empty()) return std::nullopt;
    }
    return first;
}

StateIds Judge::resolve_groups(int version, const std::set<Group>& groups) {
    std::vector<StateIds> states;
    std::set<std::string> events;
    for (auto& [group, state] : read_whole_states(tx_, groups)) {
        for (const auto& [key, id] : state)
            events.insert(id);
        states.push_back(std::move(state));
    }
    return resolve(version, states, read_auth_graph(tx_, events),
                   [&](const auto& ids) { return read_facts(tx_, ids, version_of_); });
}

void Judge::compare_groups() {
    std::map<Group, Group> pairs;
    for (const auto& placed : placed_) {
        if (adds_to_state(placed) && placed.before && placed.event->state_group)
            pairs[*placed.event->state_group] = *placed.before;
    }
    const auto steps = read_single_steps(tx_, pairs);
    for (const auto& placed : placed_)
        judge_group(placed, steps);
}

void Judge::judge_group(const Placed& placed, const std::map<Group, std::string>& steps) {
    const auto& group = placed.event->state_group;
    if (!group) {
        blame(placed, "audit-state", "it has no state group");
        return;
    }
    const bool adds = adds_to_state(placed);
    if (!adds && placed.before == group) return;
    const auto step = steps.find(*group);
    if (adds && step != steps.end() && step->second == placed.event->event_id) return;

    auto differences = differences_of(placed);
    if (adds) {
        const StateKey own{placed.fact.type, *placed.fact.state_key};
        const auto on_top = std::ranges::find_if(
            differences, [&](const StateDifference& difference) { return difference.key == own; });
        if (on_top == differences.end() || on_top->in_second != placed.event->event_id) {
            blame(placed, "audit-state",
                  "state group " + std::to_string(*group) + " does not have the event itself");
        }
        if (on_top != differences.end()) differences.erase(on_top);
    }
    for (const auto& difference : differences) {
        blame(placed, "audit-state",
              "state group " + std::to_string(*group) + " has " +
                  (difference.in_second.empty() ? "nothing" : difference.in_second) + " as " +
                  difference.key.first + " '" + difference.key.second + "', before the event was " +
                  (difference.in_first.empty() ? "nothing" : difference.in_first));
    }
}

/// Between the state before the event and its group's.
std::vector<StateDifference> Judge::differences_of(const Placed& placed) {
    const Group group = *placed.event->state_group;
    if (!placed.resolved) return read_difference(tx_, placed.before, group);
    auto whole = read_whole_states(tx_, {group})[group];
    std::vector<StateDifference> differences;
    for (const auto& [key, id] : *placed.resolved) {
        const auto it = whole.find(key);
        const std::string other = it == whole.end() ? "" : it->second;
        if (other != id) differences.push_back({key, id, other});
        whole.erase(key);
    }
    for (const auto& [key, id] : whole)
        differences.push_back({key, "", id});
    return differences;
}

void Judge::judge_rules() {
    std::set<GroupKey> wanted;
    std::set<std::string> ids;
    for (const auto& placed : placed_) {
        ids.insert(placed.fact.auth_events.begin(), placed.fact.auth_events.end());
        for (auto& key : looked_at(placed)) {
            if (placed.before) wanted.insert({*placed.before, key});
            const std::string id = placed.resolved ? id_under(*placed.resolved, key) : "";
            if (!id.empty()) ids.insert(id);
        }
    }
    const auto state = read_state(tx_, wanted);
    for (const auto& [key, id] : state)
        ids.insert(id);
    const auto facts = read_facts(tx_, ids, version_of_);
    for (const auto& placed : placed_) {
        const auto reason = refusal(placed.version, placed.fact, state_of(placed, state, facts));
        if (reason && !placed.event->rejected) {
            blame(placed, "audit-not-allowed", "by the state before it: " + *reason);
        }
        auto named = named_state(placed, facts);
        const auto by_named = refusal(placed.version, placed.fact, named);
        if (by_named && !placed.event->rejected) {
            blame(placed, "audit-not-allowed", "by the auth_events it names: " + *by_named);
        }
        judge_auth_events(placed, state);
    }
}

void Judge::judge_auth_events(const Placed& placed, const std::map<GroupKey, std::string>& state) {
    if (!placed.event->sender.ends_with(":" + server_name_)) return;
    std::set<std::string> wanted;
    for (const auto& key : auth_keys(placed.version, placed.fact)) {
        const std::string id = id_before(placed, key, state);
        if (!id.empty()) wanted.insert(id);
    }
    const auto named = references(placed.version, placed.event->json, "auth_events");
    if (std::ranges::equal(named, wanted)) return;
    std::string list;
    for (const auto& id : wanted)
        list += (list.empty() ? "" : ", ") + id;
    blame(placed, "audit-auth-events", "by the state before it, auth_events are " + list);
}

State Judge::state_of(const Placed& placed, const std::map<GroupKey, std::string>& state,
                      const std::map<std::string, Fact>& facts) const {
    State found;
    for (const auto& key : looked_at(placed)) {
        const auto fact = facts.find(id_before(placed, key, state));
        if (fact != facts.end()) found[key] = fact->second;
    }
    return found;
}

State Judge::named_state(const Placed& placed, const std::map<std::string, Fact>& facts) const {
    State found;
    for (const auto& id : placed.fact.auth_events) {
        const auto fact = facts.find(id);
        if (fact == facts.end() || !fact->second.state_key) continue;
        found[{fact->second.type, *fact->second.state_key}] = fact->second;
    }
    return found;
}

}  // namespace

StateVerdict judge_by_state(pg::Transaction& tx, const std::vector<Judged>& events,
                            const std::string& server_name) {
    return Judge(tx, server_name).run(events);
}

}  // namespace aksono::audit
