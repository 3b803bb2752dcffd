// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "base/json.h"
#include "config/database_settings.h"
#include "config/listener.h"
#include "config/rate_limits.h"
#include "config/signing_keys.h"
#include "config/writers.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace aksono::config {

/// password_config.
struct PasswordSettings {
    bool enabled_for_login = true;
    bool enabled_for_reauth = true;
    bool localdb_enabled = true;
    std::string pepper;
    struct Policy {
        bool enabled = false;
        std::int64_t minimum_length = 0;
        bool require_digit = false;
        bool require_symbol = false;
        bool require_lowercase = false;
        bool require_uppercase = false;
        Json as_given = Json::object();  ///< what GET /password_policy answers from
    } policy;
};

/// Accounts: who may register, and how.
struct RegistrationSettings {
    bool enabled = false;
    bool without_verification = false;
    bool requires_token = false;
    std::vector<std::string> requires_3pid;
    bool disable_msisdn = false;
    bool allow_guest_access = false;
    bool inhibit_user_in_use_error = false;
    bool allow_underscore_prefixed_localpart = false;
    std::optional<std::string> shared_secret;
    std::optional<std::string> default_identity_server;
    bool enable_set_displayname = true;
    bool enable_set_avatar_url = true;
    bool enable_3pid_changes = true;
    std::vector<std::string> auto_join_rooms;
    bool auto_join_rooms_for_guests = true;
};

/// Lifetimes; nothing means for ever.
struct SessionSettings {
    std::optional<Millis> session_lifetime;
    std::optional<Millis> refreshable_access_token_lifetime;
    std::optional<Millis> refresh_token_lifetime;
    std::optional<Millis> nonrefreshable_access_token_lifetime;
    bool login_via_existing_session = false;
    bool login_via_existing_session_ui_auth = true;
    Millis login_token_timeout = 300000;
    Millis ui_auth_session_timeout = 0;
};

struct PresenceSettings {
    bool enabled = true;  ///< rows and answers carry presence
    bool tracked = true;  ///< false with `enabled: untracked`
    bool include_offline_users_on_sync = false;
    Millis last_active_granularity = 60000;
    Millis sync_online_timeout = 30000;
    Millis idle_timeout = 300000;
};

struct RetentionSettings {
    bool enabled = false;
    std::optional<Millis> default_min_lifetime;
    std::optional<Millis> default_max_lifetime;
    std::optional<Millis> allowed_lifetime_min;
    std::optional<Millis> allowed_lifetime_max;
};

struct PushSettings {
    bool enabled = true;
    bool include_content = true;
    bool group_unread_count_by_room = true;
    std::optional<Millis> jitter_delay;
};

struct CacheSettings {
    double global_factor = 0.5;
    std::map<std::string, double> per_cache_factors;  ///< by name in lower case
    std::int64_t event_cache_size = 10 * 1024;
    std::optional<Millis> expiry = 30 * 60 * 1000;
    Millis sync_response_cache_duration = 2 * 60 * 1000;
};

struct UserDirectorySettings {
    bool enabled = true;
    bool search_all_users = false;
    bool prefer_local_users = false;
    bool exclude_remote_users = false;
    bool show_locked_users = false;
};

struct LimitRemoteRooms {
    bool enabled = false;
    double complexity = 1.0;
    std::optional<std::string> complexity_error;
    bool admins_can_join = false;
};

/// Everything that Aksono honours of a homeserver.yaml, checked and with Synapse's defaults and
/// units. A field has the option's name; see options_table.h for what becomes of every other
/// option.
struct Config {
    Document document;  ///< the options as given

    std::string server_name;
    std::string public_baseurl;  ///< ends with a slash; https://SERVER_NAME/ when not given
    bool public_baseurl_given = false;
    bool serve_server_wellknown = false;
    Json extra_well_known_client_content = Json::object();
    std::optional<std::string> web_client_location;
    std::optional<std::string> admin_contact;
    bool hs_disabled = false;
    std::string hs_disabled_message;
    std::string pid_file;
    std::int64_t soft_file_limit = 0;

    std::vector<Listener> listeners;
    std::string tls_certificate_path;
    std::string tls_private_key_path;
    DatabaseSettings database;
    std::string media_store_path;
    std::int64_t max_upload_size = 50LL * 1024 * 1024;
    std::string log_config;  ///< path; empty = none

    std::vector<SigningKey> signing_keys;  ///< the first one signs; all are published
    std::vector<OldSigningKey> old_signing_keys;
    Millis key_refresh_interval = 24LL * 60 * 60 * 1000;
    std::string macaroon_secret_key;  ///< after the fall-backs: registration secret, signing key
    std::optional<std::string> form_secret;

    PasswordSettings password;
    int bcrypt_rounds = 12;
    RegistrationSettings registration;
    SessionSettings sessions;
    RateLimits rate_limits;
    PresenceSettings presence;
    RetentionSettings retention;
    PushSettings push;
    CacheSettings caches;
    UserDirectorySettings user_directory;
    LimitRemoteRooms limit_remote_rooms;

    std::string default_room_version = "12";
    std::string encryption_enabled_by_default = "off";  ///< …_for_room_type: off, invite or all
    Millis max_event_delay_duration = 0;                ///< 0: no delayed events
    bool include_profile_updates_in_sync = false;
    std::int64_t max_delayed_events = 100;         ///< …msc4140_max_delayed_events_per_user
    std::optional<std::string> default_user_type;  ///< user_types.default_user_type
    std::int64_t filter_timeline_limit = 100;
    bool enable_search = true;
    bool enable_room_list_search = true;
    std::set<std::string> exclude_rooms_from_sync;
    bool require_auth_for_profile_requests = false;
    bool limit_profile_requests_to_users_who_share_rooms = false;
    bool allow_per_room_profiles = true;
    bool allow_public_rooms_without_auth = false;
    bool allow_public_rooms_over_federation = false;
    bool stats_enabled = true;
    bool send_federation = true;
    bool enable_metrics = false;
    std::optional<Millis> redaction_retention_period = 7LL * 24 * 60 * 60 * 1000;
    std::optional<Millis> forgotten_room_retention_period;
    std::optional<Millis> user_ips_max_age = 28LL * 24 * 60 * 60 * 1000;
    bool track_appservice_user_ips = false;
    bool track_puppeted_user_ips = false;
    std::vector<std::string> app_service_config_files;
    Json experimental_features = Json::object();

    Writers writers;
    std::string instance_name = "master";

    /// Ours: the oldest Synapse release that must still be able to take the database over.
    std::optional<std::string> rollback_floor;
    /// Ours: where runs are noted, beside media_store_path unless given; empty: nowhere.
    std::string tenure_file;
    /// Ours: the Synapse release whose /versions and admin server_version are answered.
    std::string emulate_version;

    std::vector<std::string> warnings;  ///< for the log at start, one sentence each

    [[nodiscard]] bool experimental(const std::string& name) const;
};

/// Reads and checks the files; throws ConfigError for what cannot be honoured.
Config load(const std::vector<std::string>& paths);

/// The same from options already read.
Config load_document(Document document);

}  // namespace aksono::config
