// SPDX-License-Identifier: Apache-2.0
#include "events/mainline_ordering.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <unordered_map>

namespace aksono::events {

namespace {

constexpr const char* kPowerLevels = "m.room.power_levels";

/// The mainline of an m.room.power_levels event, and where others join it. Only as much of it is
/// read as is needed to find them.
class Mainline {
public:
    static constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();

    Mainline(const Event* p0, KnownEvents& known) : known_(known), next_(p0) {}

    /// The mainline position of `event`, kNever for ∞.
    std::size_t position_of(const Event& event) {
        // e1, e2, … are all those that have the same position.
        std::vector<const Event*> list;
        std::size_t position = kNever;
        const Event* e = known_.auth_event(event, kPowerLevels);
        while (e != nullptr) {
            position = find(e);
            if (position != kNever) break;
            const auto [it, is_new] = off_mainline_.try_emplace(e, kNever);
            position = it->second;
            if (!is_new) break;
            list.push_back(e);
            e = known_.auth_event(*e, kPowerLevels);
        }
        for (const auto* passed : list)
            off_mainline_[passed] = position;
        return position;
    }

private:
    std::size_t find(const Event* event) {
        for (;;) {
            const auto it = positions_.find(event);
            if (it != positions_.end()) return it->second;
            // «Increment i and repeat until Pi has no m.room.power_levels event»
            if (next_ == nullptr || !positions_.try_emplace(next_, positions_.size()).second) {
                return kNever;
            }
            next_ = known_.auth_event(*next_, kPowerLevels);
        }
    }

    KnownEvents& known_;
    const Event* next_;  ///< Pi, for the next i
    std::unordered_map<const Event*, std::size_t> positions_;
    std::unordered_map<const Event*, std::size_t> off_mainline_;
};

}  // namespace

std::vector<const Event*> order_by_mainline(const std::vector<const Event*>& events,
                                            const Event* power_levels, KnownEvents& known) {
    Mainline mainline(power_levels, known);
    struct Placed {
        std::size_t position;
        const Event* event;
    };
    std::vector<Placed> placed;
    for (const auto* event : events)
        placed.push_back({mainline.position_of(*event), event});
    std::ranges::sort(placed, [](const Placed& x, const Placed& y) {
        // 1. the mainline position of x is greater than the mainline position of y; or
        if (x.position != y.position) return x.position > y.position;
        // 2. x's origin_server_ts is less than y's origin_server_ts; or
        // 3. x's event_id is less than y's event_id.
        return std::tie(x.event->origin_server_ts, x.event->id) <
               std::tie(y.event->origin_server_ts, y.event->id);
    });
    std::vector<const Event*> ordered;
    for (const auto& entry : placed)
        ordered.push_back(entry.event);
    return ordered;
}

}  // namespace aksono::events
