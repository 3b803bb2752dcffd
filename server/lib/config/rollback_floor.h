// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace aksono::config {

/// A final release of Synapse: 1.163.2.
struct Release {
    int major = 0;
    int minor = 0;
    int patch = 0;

    auto operator<=>(const Release&) const = default;
    [[nodiscard]] std::string str() const;
};

/// «1.163.2», also «v1.163.2»; nothing for anything else.
std::optional<Release> parse_release(std::string_view text);

/// The newest release whose behaviour is known here.
inline constexpr Release kNewestRelease{1, 163, 2};
/// No older one starts on a database of schema 94 (its compat version is 84).
inline constexpr Release kOldestFloor{1, 100, 0};

/// The oldest Synapse that must be able to go on with what clients hold and the database has.
/// Releases take stream tokens with their own number of fields or fewer, and do not see rooms of a
/// version that they do not know; so what is handed out never goes beyond the floor.
class RollbackFloor {
public:
    RollbackFloor() : release_(kNewestRelease) {}
    explicit RollbackFloor(Release release) : release_(release) {}

    /// The option if it is given, else the release that the database last ran, else the newest.
    /// Throws std::invalid_argument with a sentence when `option` is no release, or too old a one.
    static RollbackFloor choose(const std::optional<std::string>& option,
                                const std::optional<std::string>& last_run);

    [[nodiscard]] Release release() const { return release_; }
    /// How many numbers a stream token has.
    [[nodiscard]] std::size_t token_fields() const;
    [[nodiscard]] std::string newest_room_version() const;
    /// `wanted`, or the newest version that the floor knows.
    [[nodiscard]] std::string room_version(const std::string& wanted) const;
    /// The release whose features may be announced: the older of `emulated` and the floor.
    [[nodiscard]] Release announced(const Release& emulated) const;

private:
    Release release_;
};

}  // namespace aksono::config
