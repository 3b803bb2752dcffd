// SPDX-License-Identifier: Apache-2.0
#include "config/sections.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace aksono::config {

namespace {

constexpr std::array<std::string_view, 15> kRoomVersions{
    "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12",
    // In no specification, but rooms may be made in them.
    "org.matrix.msc3757.10", "org.matrix.msc3757.11", "org.matrix.hydra.11"};

}  // namespace

std::string read_default_room_version(const Section& root) {
    const Json* value = root.given("default_room_version");
    if (value == nullptr) return "12";
    const std::string version = value->is_string() ? value->get<std::string>() : dump_json(*value);
    if (std::ranges::find(kRoomVersions, version) == kRoomVersions.end()) {
        root.refuse("default_room_version",
                    fmt::format("Unknown default_room_version: {}, known room versions: ['{}']",
                                version, fmt::join(kRoomVersions, "', '")),
                    "give one of these, in quotes");
    }
    return version;
}

std::string read_default_encryption(const Section& root) {
    const Json* value = root.given("encryption_enabled_by_default_for_room_type");
    // YAML reads «off» without quotes as false.
    if (value == nullptr || *value == false) return "off";
    for (const char* known : {"off", "invite", "all"}) {
        if (*value == known) return known;
    }
    root.refuse("encryption_enabled_by_default_for_room_type",
                "Invalid value for encryption_enabled_by_default_for_room_type",
                "give off, invite or all");
}

Millis read_max_event_delay(const Section& root) {
    if (!root.has("max_event_delay_duration")) return 0;
    const Millis delay = root.duration("max_event_delay_duration", 0);
    if (delay > 0) return delay;
    root.refuse("max_event_delay_duration",
                "'max_event_delay_duration' must be a positive value if set",
                "give a duration such as 24h, or remove it", "max_event_delay_duration");
}

std::optional<std::string> read_default_user_type(const Section& root) {
    const Section section = root.section("user_types");
    std::vector<std::string> known{"support", "bot"};
    for (auto& type : section.texts("extra_user_types"))
        known.push_back(std::move(type));
    auto chosen = section.maybe_text("default_user_type");
    if (chosen && std::ranges::find(known, *chosen) == known.end()) {
        section.refuse(
            "default_user_type",
            fmt::format("Default user type {} is not in the list of all user types: ['{}']",
                        *chosen, fmt::join(known, "', '")),
            "add it to user_types.extra_user_types");
    }
    return chosen;
}

}  // namespace aksono::config
