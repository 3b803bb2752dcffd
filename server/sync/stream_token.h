// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "storage/stream.h"

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace aksono::sync {

/// Where somebody stands in a stream with several writers: everything up to `stream` was seen, and
/// of some writers (instance_map.instance_id) everything up to a later position. Written `7` or
/// `m5~1.7~2.6`.
struct StreamPosition {
    std::int64_t stream = 0;
    std::map<std::int64_t, std::int64_t> writers;

    auto operator<=>(const StreamPosition&) const = default;
};

/// Where somebody stands in the events: live (`s7`, `m5~1.7`), or inside a room's history (`t3-7`:
/// depth, then stream ordering).
struct EventPosition {
    std::optional<std::int64_t> topological;
    StreamPosition at;

    static EventPosition live(std::int64_t stream) { return {{}, {stream, {}}}; }
    static EventPosition historical(std::int64_t topological, std::int64_t stream) {
        return {topological, {stream, {}}};
    }
    auto operator<=>(const EventPosition&) const = default;
};

/// A `since`, `next_batch`, `prev_batch`, `from`, `to`: positions of all streams in Synapse's
/// order. A token of an older release has fewer fields; the missing ones are 0.
class StreamToken {
public:
    /// Streams beside the events, by their place in the token.
    enum Field : std::size_t {
        presence,
        typing,
        receipts,
        account_data,
        push_rules,
        to_device,
        device_lists,
        groups,  // always 0: the feature is gone
        un_partial_stated_rooms,
        thread_subscriptions,
        sticky_events,
        quarantined_media,
        profile_updates,
        field_count,
    };

    /// Fields that the newest known release writes, the events included.
    static constexpr std::size_t kNewestWidth = field_count + 1;

    EventPosition events;

    /// Where the streams stand now. `typing_position` is in memory, hence not among them.
    static StreamToken now(const storage::Streams& streams, std::int64_t typing_position);

    /// Nothing when it is no token. `known_writers`: the ids of instance_map.
    static std::optional<StreamToken> parse(std::string_view text,
                                            const std::set<std::int64_t>* known_writers = nullptr);

    /// With `width` fields: what the rollback floor's release writes. Newer ones take fewer as
    /// well.
    [[nodiscard]] std::string str(std::size_t width = kNewestWidth) const;

    [[nodiscard]] std::int64_t at(Field field) const { return others_[field].stream; }
    void set(Field field, std::int64_t position) { others_[field] = {position, {}}; }
    void set(Field field, StreamPosition position) { others_[field] = std::move(position); }

    [[nodiscard]] StreamToken with_events(EventPosition position) const;

    bool operator==(const StreamToken&) const = default;

private:
    std::array<StreamPosition, field_count> others_;
};

}  // namespace aksono::sync
