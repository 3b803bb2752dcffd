// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "base/ids.h"
#include "sync/notifier.h"

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

namespace aksono::sync {

/// Who is typing where. Memory only, as in Synapse: serial numbers start at 0 with each process and
/// grow by one with each change. Thread-safe.
class TypingRooms {
public:
    /// `clock` is monotonic milliseconds.
    explicit TypingRooms(Notifier& notifier, std::function<Millis()> clock = steady_ms);

    /// Typing until `timeout` from now. Renewing is no change.
    void start(const RoomId& room, const UserId& user, Millis timeout);
    void stop(const RoomId& room, const UserId& user);

    /// Ends what timed out; call it about once a second.
    void expire();

    /// The number that goes into stream tokens (StreamToken's typing field).
    [[nodiscard]] std::int64_t serial() const;

    /// Users typing in `room`, sorted, when that changed after the serial `from`; nothing
    /// otherwise. `from` = 0 for an initial sync: rooms where someone typed since the start answer,
    /// even with nobody typing now. A `from` ahead of the serial is of an earlier process: it
    /// counts as 0.
    [[nodiscard]] std::optional<std::vector<UserId>> typing_since(const RoomId& room,
                                                                  std::int64_t from) const;

private:
    struct Room {
        std::int64_t serial = 0;
        std::map<UserId, Millis> until;
    };
    void changed(Room& room) { room.serial = ++serial_; }

    Notifier& notifier_;
    std::function<Millis()> clock_;
    mutable std::mutex mutex_;
    std::int64_t serial_ = 0;
    std::unordered_map<RoomId, Room> rooms_;
};

}  // namespace aksono::sync
