// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "base/json.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace aksono::storage {

struct Event;
using EventPtr = std::shared_ptr<const Event>;

/// By event id. Ids that the database does not have are not in it.
using EventMap = std::unordered_map<std::string, EventPtr>;

/// That something happened once, for threads that share what it happened to.
class Mark {
public:
    Mark() = default;
    Mark(const Mark& other) : set_(other) {}
    Mark& operator=(const Mark&) = delete;

    void set() { set_.store(true, std::memory_order_relaxed); }
    operator bool() const { return set_.load(std::memory_order_relaxed); }

private:
    std::atomic<bool> set_{false};
};

/// An event as the database holds it, redaction already applied. Never changes once made, but for
/// `in_timeline`; its JSON stays text, because most of it goes out as it came in.
struct Event {
    std::string id;
    std::string room_id;
    std::string type;
    std::string sender;
    std::optional<std::string> state_key;
    std::string room_version;   ///< empty when the rooms table does not know
    std::string instance_name;  ///< the writer that persisted it
    std::int64_t stream_ordering = 0;
    std::int64_t topological_ordering = 0;
    Millis origin_server_ts = 0;
    bool outlier = false;
    bool rejected = false;
    bool soft_failed = false;
    bool contains_url = false;
    /// A redaction that was let in without knowing whether its sender may redact.
    bool unchecked_redaction = false;

    /// The whole event as event_json.json has it, without what a redaction took away.
    std::string json;

    // From internal_metadata, for transaction_id of the device that sent it.
    std::optional<std::string> txn_id;
    std::optional<std::string> device_id;
    std::optional<std::int64_t> token_id;

    /// unsigned.age_ts: when the event was made or received, by this server's clock.
    std::optional<Millis> age_ts;
    /// unsigned.replaces_state: the state event that this one took the place of.
    std::optional<std::string> replaces_state;
    /// Read for a timeline. From then on it is shown with what it replaced, in lists of state as
    /// well, and for as long as a cache holds it: so Synapse shows it.
    mutable Mark in_timeline;
    /// Further members of `unsigned`; null when there are none.
    Json other_unsigned;

    /// The valid redaction of this event; its content is what clients see as redacted_because.
    EventPtr redacted_because;

    [[nodiscard]] bool is_state() const { return state_key.has_value(); }
    /// The raw text of a top-level member; empty when there is none.
    [[nodiscard]] std::string_view member(std::string_view key) const;
    [[nodiscard]] std::string_view content_text() const { return member("content"); }
    [[nodiscard]] Json content() const;
    /// content.membership of a member event; empty otherwise.
    [[nodiscard]] std::string membership() const;
    [[nodiscard]] Json parsed() const;
};

/// Marks all of them as read for a timeline.
void mark_in_timeline(const EventMap& events);

}  // namespace aksono::storage
