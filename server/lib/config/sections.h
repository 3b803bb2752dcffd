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
/// With its closing slash.
std::string read_public_baseurl(const Section& root, const std::string& server_name);
std::string read_default_room_version(const Section& root);

}  // namespace aksono::config
