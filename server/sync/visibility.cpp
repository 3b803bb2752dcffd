// SPDX-License-Identifier: Apache-2.0
#include "sync/visibility.h"

#include "crypto/redaction.h"
#include "storage/memberships.h"
#include "storage/retention.h"
#include "storage/state_reader.h"

#include <algorithm>
#include <array>

namespace aksono::sync {

using storage::Event;
using storage::EventMap;
using storage::EventPtr;

namespace {

constexpr std::array<std::string_view, 4> kVisibilities{"world_readable", "shared", "invited",
                                                        "joined"};

bool is_visibility(std::string_view value) {
    return std::find(kVisibilities.begin(), kVisibilities.end(), value) != kVisibilities.end();
}

bool joined_suffices(std::string_view membership) {
    return membership == "join";
}

bool visible_under(std::string_view visibility, std::string_view membership, bool peeking) {
    if (joined_suffices(membership) || visibility == "world_readable") return true;
    if (visibility == "joined") return false;
    if (visibility == "invited") return membership == "invite";
    return !peeking;  // shared: to whoever is, or has been, in the room
}

/// How `user` and the rules of a room stand in one state.
struct Standing {
    const Event* visibility = nullptr;
    const Event* member = nullptr;
};

using Standings = std::unordered_map<std::int64_t, Standing>;

Standings load_standings(pg::Transaction& tx, storage::EventReader& reader, const std::string& user,
                         const std::vector<EventPtr>& events,
                         const std::unordered_map<std::string, std::int64_t>& state_groups,
                         EventMap& loaded) {
    std::unordered_set<std::int64_t> groups;
    std::vector<std::string> wanted;
    for (const auto& event : events) {
        if (const auto it = state_groups.find(event->id); it != state_groups.end()) {
            groups.insert(it->second);
        }
        const bool changes_rules = event->type == "m.room.history_visibility" ||
                                   (event->type == "m.room.member" && event->state_key == user);
        if (changes_rules && event->replaces_state) wanted.push_back(*event->replaces_state);
    }
    const auto states = storage::state_of_groups(
        tx, {groups.begin(), groups.end()},
        storage::StateFilter::only({{"m.room.history_visibility", ""}, {"m.room.member", user}}));
    for (const auto& [group, state] : states) {
        for (const auto& [key, id] : state)
            wanted.push_back(id);
    }
    loaded = reader.load(tx, wanted);
    Standings standings;
    for (const auto& [group, state] : states) {
        auto& standing = standings[group];
        for (const auto& [key, id] : state) {
            const auto it = loaded.find(id);
            if (it == loaded.end()) continue;
            (key.first == "m.room.member" ? standing.member : standing.visibility) =
                it->second.get();
        }
    }
    return standings;
}

EventSetting setting_of(const Event& event, const std::string& user, const Standing& standing,
                        const EventMap& loaded) {
    EventSetting setting;
    if (standing.visibility != nullptr) {
        setting.visibility = visibility_of(standing.visibility->content());
    }
    if (standing.member != nullptr) {
        const auto membership = standing.member->membership();
        if (!membership.empty()) setting.membership = membership;
    }
    const auto previous = event.replaces_state ? loaded.find(*event.replaces_state) : loaded.end();
    if (event.type == "m.room.history_visibility" && event.state_key == "") {
        // A change shows under the more open of both rules.
        setting.previous_visibility =
            previous == loaded.end() ? "shared" : visibility_of(previous->second->content());
    } else if (event.type == "m.room.member" && event.state_key == user) {
        setting.previous_membership =
            previous == loaded.end() ? "leave" : previous->second->membership();
    }
    return setting;
}

/// What is left of the event of somebody who asked to be erased.
EventPtr pruned_copy(const Event& event) {
    const auto* version = crypto::find_room_version(event.room_version);
    if (version == nullptr) return nullptr;
    auto copy = std::make_shared<Event>(event);
    copy->json = dump_json(crypto::redact_event(*version, event.parsed()));
    copy->other_unsigned = nullptr;
    return copy;
}

std::unordered_set<std::string> erased_senders(pg::Transaction& tx,
                                               const std::vector<EventPtr>& events) {
    std::unordered_set<std::string> senders;
    for (const auto& event : events)
        senders.insert(event->sender);
    return storage::erased_among(tx, {senders.begin(), senders.end()});
}

/// Until when the messages of each room have outlived its policy.
class Expiry {
public:
    Expiry(pg::Transaction& tx, const Retention& retention, const std::vector<EventPtr>& events)
        : retention_(retention), now_(now_ms()) {
        if (!retention.enabled) return;
        std::unordered_set<std::string> rooms;
        for (const auto& event : events)
            rooms.insert(event->room_id);
        lifetimes_ = storage::longest_lifetimes(tx, {rooms.begin(), rooms.end()});
    }

    [[nodiscard]] bool is_over(const Event& event) const {
        if (!retention_.enabled || event.is_state()) return false;
        const auto own = lifetimes_.find(event.room_id);
        const auto lifetime =
            own == lifetimes_.end() ? retention_.default_max_lifetime : std::optional(own->second);
        return lifetime && event.origin_server_ts < now_ - *lifetime;
    }

private:
    const Retention& retention_;
    const Millis now_;
    std::unordered_map<std::string, Millis> lifetimes_;
};

}  // namespace

std::string visibility_of(const Json& content) {
    const auto* value = find_string(content, "history_visibility");
    return value != nullptr && is_visibility(*value) ? *value : std::string("shared");
}

bool may_see(const EventSetting& setting) {
    const auto allowed = [&](const std::string& visibility, const std::string& membership) {
        return visible_under(visibility, membership, setting.peeking);
    };
    if (allowed(setting.visibility, setting.membership)) return true;
    if (setting.previous_visibility && allowed(*setting.previous_visibility, setting.membership)) {
        return true;
    }
    return setting.previous_membership && allowed(setting.visibility, *setting.previous_membership);
}

VisibleEvents judge_visibility(pg::Transaction& tx, storage::EventReader& reader,
                               const Viewer& viewer, const std::vector<EventPtr>& events,
                               const std::unordered_map<std::string, std::int64_t>& state_groups) {
    VisibleEvents visible;
    if (events.empty()) return visible;
    EventMap loaded;
    const auto standings = load_standings(tx, reader, viewer.user, events, state_groups, loaded);
    const auto erased = erased_senders(tx, events);
    const Expiry expiry(tx, viewer.retention, events);
    for (const auto& event : events) {
        const bool ignored = viewer.ignored.contains(event->sender) && !event->is_state();
        if (event->rejected || event->soft_failed || ignored || expiry.is_over(*event)) {
            visible.hidden.insert(event->id);
            continue;
        }
        const auto group = state_groups.find(event->id);
        const auto standing =
            group == state_groups.end() ? standings.end() : standings.find(group->second);
        if (standing == standings.end()) {
            // Without state only one's own memberships are shown: invites from elsewhere.
            const bool own = event->type == "m.room.member" && event->state_key == viewer.user;
            if (!own) visible.hidden.insert(event->id);
            continue;
        }
        auto setting = setting_of(*event, viewer.user, standing->second, loaded);
        setting.peeking = viewer.peeking;
        visible.membership.emplace(event->id, setting.membership);
        const bool always = viewer.always != nullptr && viewer.always->contains(event->id);
        if (!always && !may_see(setting)) {
            visible.hidden.insert(event->id);
        } else if (erased.contains(event->sender) && setting.membership != "join") {
            if (auto copy = pruned_copy(*event)) visible.pruned.emplace(event->id, std::move(copy));
        }
    }
    return visible;
}

void keep_visible(const VisibleEvents& visible, std::vector<EventPtr>& events) {
    std::erase_if(events, [&](const auto& event) { return visible.hidden.contains(event->id); });
    for (auto& event : events) {
        if (const auto it = visible.pruned.find(event->id); it != visible.pruned.end()) {
            event = it->second;
        }
    }
}

}  // namespace aksono::sync
