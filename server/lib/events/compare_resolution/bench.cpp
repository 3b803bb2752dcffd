// SPDX-License-Identifier: Apache-2.0
// How long a big conflict takes: two branches with 5,000 state events of their own each, and an
// auth chain behind them. Prints milliseconds, with the auth difference found by walk and by chain
// cover; events are in memory. Run by hand.
#include "events/auth_chains.h"
#include "events/auth_walk.h"
#include "events/state_resolution.h"
#include "events/test_room.h"

#include <chrono>
#include <cstdio>

namespace {

using namespace aksono;
using namespace aksono::events;

constexpr int kMembers = 5'000;
constexpr int kShared = 20'000;

/// One chain for each state key, as Synapse lays them, and every other auth event as a link.
class Cover : public ChainSource {
public:
    void add(const Event& event) {
        const StateKey key{event.type, *event.state_key};
        const auto [it, is_new] = chains_.try_emplace(key, chains_.size() + 1);
        auto& ids = ids_[it->second];
        ids.push_back(event.id);
        const ChainPlace place{it->second, std::ssize(ids)};
        all_.places[event.id] = place;
        for (const auto& id : event.auth_events) {
            const ChainPlace target = all_.places.at(id);
            if (target.chain != place.chain) all_.links.push_back({place, target});
        }
    }
    AuthChains load(const std::vector<std::string>&) override { return all_; }
    std::vector<std::string> events_in(const std::vector<ChainRange>& ranges) override {
        std::vector<std::string> found;
        for (const auto& range : ranges) {
            const auto& ids = ids_.at(range.chain);
            found.insert(found.end(), ids.begin() + range.after, ids.begin() + range.upto);
        }
        return found;
    }

private:
    std::map<StateKey, std::int64_t> chains_;
    std::unordered_map<std::int64_t, std::vector<std::string>> ids_;
    AuthChains all_;
};

struct Conflict {
    TestRoom room;
    Cover cover;
    StateMap state;
    std::vector<StateMap> branches;
    int number = 0;

    explicit Conflict(const char* version) : room(version), state(room.begin()) {
        for (const char* id : {"$create", "$alice", "$power", "$rules"})
            cover.add(*room.find(id));
        for (int i = 0; i < kShared; ++i)
            member(state, "shared" + std::to_string(i), false);
        for (const char* name : {"one", "two"}) {
            StateMap& branch = branches.emplace_back(state);
            for (int i = 0; i < kMembers; ++i)
                act(branch, name, i);
        }
    }
    void member(StateMap& branch, const std::string& name, bool kicked) {
        const std::string user = "@" + name + ":a";
        cover.add(*room.member(branch, "$" + std::to_string(++number), kicked ? "@alice:a" : user,
                               user, kicked ? "leave" : "join"));
    }
    void act(StateMap& branch, const std::string& name, int i) {
        if (i % 100 == 0) {
            Json users{{"@" + name + ":a", i % 7}};
            if (!room.version().creators_have_infinite_power) users["@alice:a"] = 100;
            cover.add(*room.power(branch, "$" + std::to_string(++number), "@alice:a", users));
        } else if (i % 10 == 0) {
            member(branch, "shared" + std::to_string(i), true);
        } else {
            member(branch, i % 2 == 0 ? name + std::to_string(i) : "both" + std::to_string(i),
                   false);
        }
    }
};

double time_of(Conflict& conflict, AuthDifference& difference, std::size_t& size) {
    const auto start = std::chrono::steady_clock::now();
    const auto resolved =
        resolve_state(conflict.room.version(), conflict.branches, conflict.room, difference);
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    size = resolved->size();
    return took.count();
}

}  // namespace

int main() {
    for (const char* version : {"1", "11", "12"}) {
        Conflict conflict(version);
        WalkedAuthDifference walk(conflict.room);
        ChainedAuthDifference chained(conflict.cover, conflict.room);
        for (int round = 0; round < 3; ++round) {
            std::size_t size = 0;
            const double by_walk = time_of(conflict, walk, size);
            const double by_chains = time_of(conflict, chained, size);
            std::printf("version %s: by walk %.0f ms, by chain cover %.0f ms, state of %zu\n",
                        version, by_walk, by_chains, size);
        }
    }
}
