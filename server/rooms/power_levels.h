// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"
#include "crypto/room_version.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace aksono::rooms {

/// A power level as its room version reads it: an integer, before version 10 also a string that
/// holds one, before version 6 also a float, which is cut at its point. Nothing for anything else.
std::optional<std::int64_t> power_level(const crypto::RoomVersion& version, const Json& value);

/// Who may do what, from a room's create and power levels events.
/// https://spec.matrix.org/latest/client-server-api/#mroompower_levels
class PowerLevels {
public:
    /// Of a room creator since version 12: above every number.
    static constexpr std::int64_t kInfinite = std::numeric_limits<std::int64_t>::max();

    /// Whole events; nullptr where the room has none. They must outlive this.
    PowerLevels(const crypto::RoomVersion& version, const Json* create, const Json* power_levels);

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
    std::set<std::string, std::less<>> creators_;
    const Json* content_ = nullptr;
};

}  // namespace aksono::rooms
