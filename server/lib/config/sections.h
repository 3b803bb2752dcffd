// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/config.h"

namespace aksono::config {

// Groups of options, each read from the top of the configuration. They throw ConfigError.

PasswordSettings read_password_settings(const Section& root);
RegistrationSettings read_registration_settings(const Section& root);
SessionSettings read_session_settings(const Section& root);
PresenceSettings read_presence_settings(const Section& root);
RetentionSettings read_retention_settings(const Section& root);
PushSettings read_push_settings(const Section& root);
CacheSettings read_cache_settings(const Section& root);
UserDirectorySettings read_user_directory_settings(const Section& root);
LimitRemoteRooms read_limit_remote_rooms(const Section& root);

std::string read_server_name(const Section& root);
/// extra_well_known_client_content.
Json read_extra_well_known(const Section& root);
/// With its closing slash.
std::string read_public_baseurl(const Section& root, const std::string& server_name);
std::string read_default_room_version(const Section& root);
/// encryption_enabled_by_default_for_room_type: off, invite or all.
std::string read_default_encryption(const Section& root);
/// 0 without max_event_delay_duration.
Millis read_max_event_delay(const Section& root);
std::optional<std::string> read_default_user_type(const Section& root);

}  // namespace aksono::config
