// SPDX-License-Identifier: Apache-2.0
#include "config/rollback_floor.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>

#include <fmt/format.h>

namespace aksono::config {

namespace {

struct TokenWidth {
    Release since;
    std::size_t fields;
};

/// Seen by running each release; in between the smaller number holds, which both sides accept.
constexpr std::array<TokenWidth, 5> kWidths{
    {{{1, 163, 2}, 14}, {{1, 157, 1}, 13}, {{1, 150, 0}, 12}, {{1, 140, 0}, 11}, {{0, 0, 0}, 10}}};

constexpr Release kKnowsVersion12{1, 140, 0};

}  // namespace

std::string Release::str() const {
    return fmt::format("{}.{}.{}", major, minor, patch);
}

std::optional<Release> parse_release(std::string_view text) {
    if (text.starts_with('v')) text.remove_prefix(1);
    Release release;
    for (int* part : {&release.major, &release.minor, &release.patch}) {
        const char* end = text.data() + text.size();
        const auto parsed = std::from_chars(text.data(), end, *part);
        if (parsed.ec != std::errc{} || *part < 0) return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
        const bool last = part == &release.patch;
        if (last != text.empty()) return std::nullopt;
        if (!last && !text.starts_with('.')) return std::nullopt;
        if (!last) text.remove_prefix(1);
    }
    return release;
}

RollbackFloor RollbackFloor::choose(const std::optional<std::string>& option,
                                    const std::optional<std::string>& last_run) {
    if (!option) {
        const auto found = last_run ? parse_release(*last_run) : std::nullopt;
        return found ? RollbackFloor(std::clamp(*found, kOldestFloor, kNewestRelease))
                     : RollbackFloor();
    }
    const auto release = parse_release(*option);
    if (!release) throw std::invalid_argument("must be a release of Synapse such as 1.163.2");
    if (*release < kOldestFloor) {
        throw std::invalid_argument("must be " + kOldestFloor.str() +
                                    " or newer: older releases do not start on this schema");
    }
    return RollbackFloor(std::min(*release, kNewestRelease));
}

std::size_t RollbackFloor::token_fields() const {
    for (const auto& width : kWidths) {
        if (release_ >= width.since) return width.fields;
    }
    return kWidths.back().fields;
}

std::string RollbackFloor::newest_room_version() const {
    return release_ >= kKnowsVersion12 ? "12" : "11";
}

std::string RollbackFloor::room_version(const std::string& wanted) const {
    const bool is_new = wanted == "12" || wanted.starts_with("org.matrix.");
    return is_new && release_ < kKnowsVersion12 ? newest_room_version() : wanted;
}

Release RollbackFloor::announced(const Release& emulated) const {
    return std::min(emulated, release_);
}

}  // namespace aksono::config
