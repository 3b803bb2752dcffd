// SPDX-License-Identifier: Apache-2.0
#include "config/sections.h"

#include <algorithm>

namespace aksono::config {

PresenceSettings read_presence_settings(const Section& root) {
    PresenceSettings settings;
    settings.enabled = root.boolean("use_presence", true);
    const Section section = root.section("presence");
    if (const Json* enabled = section.find("enabled")) {
        if (*enabled == "untracked") {
            settings.enabled = true;
            settings.tracked = false;
        } else {
            settings.enabled = section.boolean("enabled", true);
        }
    }
    if (!settings.enabled) settings.tracked = false;
    if (section.has("presence_router") && !section.object("presence_router").empty()) {
        section.refuse(
            "presence_router", "",
            "names a Python module, which Aksono cannot run: remove it, or keep Synapse");
    }
    settings.include_offline_users_on_sync =
        section.boolean("include_offline_users_on_sync", false);
    settings.last_active_granularity =
        section.duration("last_active_granularity", settings.last_active_granularity);
    settings.sync_online_timeout =
        section.duration("sync_online_timeout", settings.sync_online_timeout);
    settings.idle_timeout = section.duration("idle_timeout", settings.idle_timeout);
    return settings;
}

RetentionSettings read_retention_settings(const Section& root) {
    RetentionSettings settings;
    const Section section = root.section("retention");
    settings.enabled = section.boolean("enabled", false);
    const Section policy = section.section("default_policy");
    settings.default_min_lifetime = policy.maybe_duration("min_lifetime");
    settings.default_max_lifetime = policy.maybe_duration("max_lifetime");
    settings.allowed_lifetime_min = section.maybe_duration("allowed_lifetime_min");
    settings.allowed_lifetime_max = section.maybe_duration("allowed_lifetime_max");
    if (settings.default_min_lifetime && settings.default_max_lifetime &&
        *settings.default_min_lifetime > *settings.default_max_lifetime) {
        policy.refuse("min_lifetime",
                      "The default retention policy's 'min_lifetime' can not be greater than its "
                      "'max_lifetime'",
                      "make it shorter than max_lifetime");
    }
    return settings;
}

PushSettings read_push_settings(const Section& root) {
    PushSettings settings;
    const Section section = root.section("push");
    settings.enabled = section.boolean("enabled", true);
    settings.include_content = section.boolean("include_content", true);
    settings.group_unread_count_by_room = section.boolean("group_unread_count_by_room", true);
    settings.jitter_delay = section.maybe_duration("jitter_delay");
    return settings;
}

CacheSettings read_cache_settings(const Section& root) {
    CacheSettings settings;
    settings.event_cache_size = root.size("event_cache_size", settings.event_cache_size);
    const Section section = root.section("caches");
    if (const Json* factor = section.find("global_factor"); factor && !factor->is_number()) {
        section.refuse("global_factor", "caches.global_factor must be a number.", "give a number");
    }
    settings.global_factor = section.number("global_factor", settings.global_factor);
    const Section factors = section.section("per_cache_factors");
    for (const auto& name : factors.keys()) {
        std::string lower = name;
        std::transform(lower.begin(), lower.end(), lower.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        settings.per_cache_factors[lower] = factors.number(name, settings.global_factor);
    }
    if (section.boolean("expire_caches", true)) {
        settings.expiry = section.duration("cache_entry_ttl", *settings.expiry);
    } else {
        settings.expiry.reset();
    }
    settings.sync_response_cache_duration =
        section.duration("sync_response_cache_duration", settings.sync_response_cache_duration);
    return settings;
}

UserDirectorySettings read_user_directory_settings(const Section& root) {
    UserDirectorySettings settings;
    const Section section = root.section("user_directory");
    settings.enabled = section.boolean("enabled", true);
    settings.search_all_users = section.boolean("search_all_users", false);
    settings.prefer_local_users = section.boolean("prefer_local_users", false);
    settings.exclude_remote_users = section.boolean("exclude_remote_users", false);
    settings.show_locked_users = section.boolean("show_locked_users", false);
    return settings;
}

LimitRemoteRooms read_limit_remote_rooms(const Section& root) {
    LimitRemoteRooms settings;
    const Section section = root.section("limit_remote_rooms");
    settings.enabled = section.boolean("enabled", false);
    settings.complexity = section.number("complexity", 1.0);
    settings.complexity_error = section.maybe_text("complexity_error");
    settings.admins_can_join = section.boolean("admins_can_join", false);
    return settings;
}

}  // namespace aksono::config
