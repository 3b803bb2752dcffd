// SPDX-License-Identifier: Apache-2.0
#include "crypto/room_version.h"

#include <algorithm>
#include <array>

namespace aksono::crypto {

namespace {

// Each version is its predecessor with what it changes.

constexpr RoomVersion kV1{
    .id = "1",
    .format = EventFormat::v1,
    .state_resolution = StateResolution::v1,
    .enforces_key_validity = false,
    .strict_json = false,
    .redaction_keeps_aliases = true,
    .redaction_keeps_allow = false,
    .redaction_keeps_authoriser = false,
    .updated_redaction = false,
    .aliases_need_own_domain = true,
    .redactions_need_power = true,
    .limits_notification_levels = false,
    .knocking = false,
    .restricted_join = false,
    .knock_restricted_join = false,
    .integer_power_levels = false,
    .creator_is_sender = false,
    .creators_have_infinite_power = false,
    .room_id_is_create_hash = false,
    .owned_state = false,
};

template <class Change>
constexpr RoomVersion changed(RoomVersion version, std::string_view id, Change change) {
    version.id = id;
    change(version);
    return version;
}

constexpr RoomVersion kV2 =
    changed(kV1, "2", [](auto& v) { v.state_resolution = StateResolution::v2; });
constexpr RoomVersion kV3 = changed(kV2, "3", [](auto& v) {
    v.format = EventFormat::v2;
    v.redactions_need_power = false;
});
constexpr RoomVersion kV4 = changed(kV3, "4", [](auto& v) { v.format = EventFormat::v3; });
constexpr RoomVersion kV5 = changed(kV4, "5", [](auto& v) { v.enforces_key_validity = true; });
constexpr RoomVersion kV6 = changed(kV5, "6", [](auto& v) {
    v.strict_json = true;
    v.redaction_keeps_aliases = false;
    v.aliases_need_own_domain = false;
    v.limits_notification_levels = true;
});
constexpr RoomVersion kV7 = changed(kV6, "7", [](auto& v) { v.knocking = true; });
constexpr RoomVersion kV8 = changed(kV7, "8", [](auto& v) {
    v.restricted_join = true;
    v.redaction_keeps_allow = true;
});
constexpr RoomVersion kV9 = changed(kV8, "9", [](auto& v) { v.redaction_keeps_authoriser = true; });
constexpr RoomVersion kV10 = changed(kV9, "10", [](auto& v) {
    v.knock_restricted_join = true;
    v.integer_power_levels = true;
});
constexpr RoomVersion kV11 = changed(kV10, "11", [](auto& v) {
    v.updated_redaction = true;
    v.creator_is_sender = true;
});
constexpr RoomVersion kV12 = changed(kV11, "12", [](auto& v) {
    v.format = EventFormat::v4;
    v.state_resolution = StateResolution::v2_1;
    v.creators_have_infinite_power = true;
    v.room_id_is_create_hash = true;
});

// https://github.com/matrix-org/matrix-spec-proposals/pull/3757
constexpr RoomVersion kOwnedState10 =
    changed(kV10, "org.matrix.msc3757.10", [](auto& v) { v.owned_state = true; });
constexpr RoomVersion kOwnedState11 =
    changed(kV11, "org.matrix.msc3757.11", [](auto& v) { v.owned_state = true; });
// What became version 12.
constexpr RoomVersion kHydra = changed(kV12, "org.matrix.hydra.11", [](auto&) {});

constexpr std::array kVersions{kV1, kV2, kV3, kV4, kV5, kV6, kV7, kV8, kV9, kV10, kV11, kV12};
constexpr std::array kUnstable{kOwnedState10, kOwnedState11, kHydra};

const RoomVersion* find_in(std::span<const RoomVersion> versions, std::string_view id) {
    const auto it = std::ranges::find(versions, id, &RoomVersion::id);
    return it == versions.end() ? nullptr : &*it;
}

}  // namespace

std::span<const RoomVersion> room_versions() {
    return kVersions;
}

std::span<const RoomVersion> unstable_room_versions() {
    return kUnstable;
}

const RoomVersion* find_room_version(std::string_view id) {
    const RoomVersion* stable = find_in(kVersions, id);
    return stable != nullptr ? stable : find_in(kUnstable, id);
}

}  // namespace aksono::crypto
