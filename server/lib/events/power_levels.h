// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "events/event.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace aksono::events {

/// A power level as its room version reads it: an integer, before version 10 also a string that
/// holds one, before version 6 also a float, which is cut at its point. Nothing for anything else.
std::optional<std::int64_t> power_level(const crypto::RoomVersion& version, const Json& value);

/// Who may do what, from a room's create and power levels events: a view of both that costs nothing
/// to make, and parses only the levels that are asked for.
/// https://spec.matrix.org/latest/client-server-api/#mroompower_levels
class PowerLevels {
public:
    /// Of a room creator since version 12: above every number.
    static constexpr std::int64_t kInfinite = std::numeric_limits<std::int64_t>::max();

    /// nullptr where the room has none. They must outlive this.
    PowerLevels(const crypto::RoomVersion& version, const Event* create, const Event* power_levels);

    [[nodiscard]] std::int64_t of_user(std::string_view user) const;
    [[nodiscard]] std::int64_t to_send(std::string_view type, bool is_state) const;
    [[nodiscard]] std::int64_t to_ban() const { return named("ban", 50); }
    [[nodiscard]] std::int64_t to_kick() const { return named("kick", 50); }
    [[nodiscard]] std::int64_t to_redact() const { return named("redact", 50); }
    [[nodiscard]] std::int64_t to_invite() const { return named("invite", 0); }
    [[nodiscard]] bool is_creator(std::string_view user) const;

private:
    [[nodiscard]] std::int64_t named(std::string_view key, std::int64_t fallback) const;
    [[nodiscard]] std::optional<std::int64_t> entry(std::string_view group,
                                                    std::string_view key) const;

    const crypto::RoomVersion& version_;
    const Event* create_;
    const Json* content_;
};

}  // namespace aksono::events
