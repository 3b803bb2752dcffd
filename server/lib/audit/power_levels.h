// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "audit/auth_rules.h"

#include <cstdint>

namespace aksono::audit {

using Power = std::int64_t;

/// The levels that hold in a room's state, with the defaults for what is not said.
/// https://spec.matrix.org/latest/client-server-api/#mroompower_levels
class PowerLevels {
public:
    PowerLevels(int version, const State& state);

    [[nodiscard]] Power of_user(const std::string& user) const;
    [[nodiscard]] Power to_send(const Fact& event) const;
    [[nodiscard]] Power to(const char* act) const;  ///< "ban", "kick", "invite"
    [[nodiscard]] bool is_creator(const std::string& user) const;
    /// nullptr: the room has no such event.
    [[nodiscard]] const Json* content() const { return content_; }

private:
    int version_;
    const Json* content_ = nullptr;
    const Fact* create_ = nullptr;
};

/// A whole number; before version 10 also one in a string, or a float cut off.
std::optional<Power> read_power(int version, const Json& value);

/// Why a new m.room.power_levels may not take the place of those that hold; nothing when it may.
std::optional<std::string> refuse_power_levels(int version, const Fact& event,
                                               const PowerLevels& levels);

}  // namespace aksono::audit
