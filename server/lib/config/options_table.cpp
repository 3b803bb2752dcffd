// SPDX-License-Identifier: Apache-2.0
#include "config/options_table.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>
#include <vector>

namespace aksono::config {

namespace {

constexpr Fate kYes = Fate::honoured;
constexpr Fate kPartly = Fate::partly;
constexpr Fate kNo = Fate::ignored;
constexpr Fate kRefused = Fate::refused;

constexpr std::string_view kFederation = "federation is not built yet";
constexpr std::string_view kMedia = "media is not served yet";
constexpr std::string_view kRegistrationStep =
    "this step of registration is not built yet; open registration stays off while it is asked for";
constexpr std::string_view kThirdParty = "e-mail addresses and phone numbers are not built yet";
constexpr std::string_view kPython = "of Python or Twisted; has no equal here";
constexpr std::string_view kWorkers = "one process does all; no workers";
constexpr std::string_view kPreviews = "URL previews are not built yet";
constexpr std::string_view kCaptcha = "captchas are not built yet";
constexpr std::string_view kCalls = "calls are not built yet";
constexpr std::string_view kAutoJoin = "automatic joins are not built yet";
constexpr std::string_view kProfiles = "profiles are read-only yet";
constexpr std::string_view kLogins = "logging in that way is not built yet; present sessions go on";
constexpr std::string_view kRooms = "room creation, joins and invites are not built yet";
constexpr std::string_view kDirectory = "the room directory is not built yet";
constexpr std::string_view kUsers =
    "searching users is not built yet; the directory is left to the next Synapse";
constexpr std::string_view kJobs = "this job is not run yet; the next Synapse catches up";
constexpr std::string_view kCounted = "nobody is counted or kept out by it yet";
constexpr std::string_view kAppservices = "application services are not built yet";
constexpr std::string_view kLater = "not built yet";
constexpr std::string_view kListeners = "an option of old; write it as an entry of listeners";
constexpr std::string_view kGone = "Synapse does not start with it any more";
constexpr std::string_view kModules = "Python code, which Aksono cannot run";
constexpr std::string_view kReports = "Aksono reports to nobody";

constexpr std::array<Option, 286> kOptions{{
    {"account_threepid_delegates", kNo, kThirdParty},
    {"account_validity", kRefused, "not built yet; it would let in whom the option keeps out"},
    {"admin_contact", kNo, kCounted},
    {"alias_creation_rules", kNo, kRooms},
    {"allow_device_name_lookup_over_federation", kNo, kFederation},
    {"allow_guest_access", kYes, ""},
    {"allow_per_room_profiles", kNo, kProfiles},
    {"allow_profile_lookup_over_federation", kNo, kFederation},
    {"allow_public_rooms_over_federation", kNo, kFederation},
    {"allow_public_rooms_without_auth", kNo, kDirectory},
    {"allow_underscore_prefixed_localpart", kYes, ""},
    {"allowed_avatar_mimetypes", kNo, kMedia},
    {"allowed_local_3pids", kNo, kThirdParty},
    {"app_service_config_files", kNo,
     "the files are checked; application services are not built yet, and open registration stays "
     "off"},
    {"auto_accept_invites", kNo, kAutoJoin},
    {"auto_join_mxid_localpart", kNo, kAutoJoin},
    {"auto_join_room_requires_invite", kNo, kAutoJoin},
    {"auto_join_rooms", kNo, kAutoJoin},
    {"auto_join_rooms_for_guests", kNo, kAutoJoin},
    {"autocreate_auto_join_room_preset", kNo, kAutoJoin},
    {"autocreate_auto_join_rooms", kNo, kAutoJoin},
    {"autocreate_auto_join_rooms_federated", kNo, kAutoJoin},
    {"background_updates", kNo, kJobs},
    {"backup_media_store_path", kNo, kMedia},
    {"bcrypt_rounds", kYes, ""},
    {"bind_host", kNo, kListeners},
    {"bind_port", kRefused, kListeners},
    {"block_non_admin_invites", kNo, kRooms},
    {"caches", kPartly,
     "sync_response_cache_duration, factors and sizes have no meaning here; caches follow the "
     "database"},
    {"cas_config", kNo, kLogins},
    {"cleanup_extremities_with_dummy_events", kNo, kRooms},
    {"daemonize", kNo, kPython},
    {"database", kYes, ""},
    {"database_path", kNo, "of SQLite"},
    {"databases", kPartly,
     "one entry that holds main and state; several physical databases are refused"},
    {"default_identity_server", kYes, ""},
    {"default_power_level_content_override", kNo, kRooms},
    {"default_room_version", kPartly, "announced in capabilities; never above rollback_floor"},
    {"delete_stale_devices_after", kNo, kJobs},
    {"disable_msisdn_registration", kNo, kThirdParty},
    {"disable_registration", kYes, ""},
    {"dont_notify_new_devices_for", kNo, kProfiles},
    {"dummy_events_threshold", kNo, kRooms},
    {"dynamic_thumbnails", kNo, kMedia},
    {"email", kNo, kThirdParty},
    {"emulate_version", kYes, ""},
    {"enable_3pid_changes", kPartly,
     "announced in capabilities; e-mail addresses are not built yet"},
    {"enable_3pid_lookup", kNo, kThirdParty},
    {"enable_authenticated_media", kNo, kMedia},
    {"enable_ephemeral_messages", kNo,
     "messages that ask for it do not expire: it is noted nowhere"},
    {"enable_local_media_storage", kNo, kMedia},
    {"enable_media_repo", kNo, kMedia},
    {"enable_metrics", kYes, ""},
    {"enable_registration", kYes, ""},
    {"enable_registration_captcha", kNo, kRegistrationStep},
    {"enable_registration_token_3pid_bypass", kNo, kThirdParty},
    {"enable_registration_without_verification", kYes, ""},
    {"enable_room_list_search", kNo, kDirectory},
    {"enable_search", kPartly,
     "messages are indexed or not as it says; searching is not built yet"},
    {"enable_set_avatar_url", kPartly, "announced in capabilities; profiles are read-only yet"},
    {"enable_set_displayname", kPartly, "announced in capabilities; profiles are read-only yet"},
    {"encryption_enabled_by_default_for_room_type", kPartly,
     "announced in /versions; rooms cannot be created yet"},
    {"event_cache_size", kYes, ""},
    {"exclude_rooms_from_presence", kNo, kLater},
    {"exclude_rooms_from_sync", kYes, ""},
    {"experimental_features", kPartly,
     "shown in /versions and capabilities; what each switches on is named apart; msc3861 is "
     "refused"},
    {"extra_well_known_client_content", kYes, ""},
    {"federation", kNo, kFederation},
    {"federation_certificate_verification_whitelist", kNo, kFederation},
    {"federation_client_minimum_tls_version", kNo, kFederation},
    {"federation_custom_ca_list", kNo, kFederation},
    {"federation_domain_whitelist", kNo, kFederation},
    {"federation_ip_range_blacklist", kNo, kFederation},
    {"federation_metrics_domains", kNo, kFederation},
    {"federation_rc_concurrent", kNo, kFederation},
    {"federation_rc_reject_limit", kNo, kFederation},
    {"federation_rc_sleep_delay", kNo, kFederation},
    {"federation_rc_sleep_limit", kNo, kFederation},
    {"federation_rc_window_size", kNo, kFederation},
    {"federation_rr_transactions_per_room_per_second", kNo, kFederation},
    {"federation_sender_instances", kYes, ""},
    {"federation_verify_certificates", kNo, kFederation},
    {"federation_whitelist_endpoint_enabled", kNo, kFederation},
    {"filter_timeline_limit", kYes, ""},
    {"forget_rooms_on_leave", kNo, kRooms},
    {"forgotten_room_retention_period", kNo, kJobs},
    {"form_secret", kNo, "the forms that it is for are not served yet"},
    {"form_secret_path", kNo, "the forms that it is for are not served yet"},
    {"gc_min_interval", kNo, kPython},
    {"gc_thresholds", kNo, kPython},
    {"gzip_responses", kNo, kListeners},
    {"hs_disabled", kRefused, "not built yet; it would let in whom the option keeps out"},
    {"hs_disabled_message", kNo, "goes with hs_disabled"},
    {"http_proxy", kNo, kFederation},
    {"https_proxy", kNo, kFederation},
    {"include_profile_data_on_invite", kNo, kRooms},
    {"include_profile_updates_in_sync", kPartly,
     "announced in /versions; /sync tells of no profiles yet"},
    {"inhibit_user_in_use_error", kYes, ""},
    {"instance_map", kYes, ""},
    {"invite_3pid_guest", kRefused, kGone},
    {"ip_range_blacklist", kNo, kFederation},
    {"ip_range_whitelist", kNo, kFederation},
    {"jwt_config", kNo, kLogins},
    {"key_refresh_interval", kNo, kFederation},
    {"key_server_signing_keys_path", kNo, kFederation},
    {"ldap_config", kRefused, kModules},
    {"limit_profile_requests_to_users_who_share_rooms", kYes, ""},
    {"limit_remote_rooms", kNo, kFederation},
    {"limit_usage_by_mau", kNo, kCounted},
    {"listeners", kYes, ""},
    {"log_config", kYes, ""},
    {"log_file", kRefused, kGone},
    {"login_via_existing_session", kPartly,
     "announced, and its tokens log in; none are handed out yet"},
    {"macaroon_secret_key", kYes, ""},
    {"macaroon_secret_key_path", kYes, ""},
    {"manhole", kNo, kPython},
    {"manhole_settings", kNo, kPython},
    {"matrix_authentication_service", kRefused,
     "not built yet; access tokens would have to be asked for there"},
    {"matrix_rtc", kNo, kCalls},
    {"mau_appservice_trial_days", kNo, kCounted},
    {"mau_limit_alerting", kNo, kCounted},
    {"mau_limit_reserved_threepids", kNo, kCounted},
    {"mau_stats_only", kNo, kCounted},
    {"mau_trial_days", kNo, kCounted},
    {"max_avatar_size", kNo, kMedia},
    {"max_event_delay_duration", kPartly,
     "announced in /versions and capabilities; nothing is delayed yet"},
    {"max_image_pixels", kNo, kMedia},
    {"max_mau_value", kNo, kCounted},
    {"max_pending_media_uploads", kNo, kMedia},
    {"max_spider_size", kNo, kPreviews},
    {"max_upload_size", kNo, kMedia},
    {"media_instance_running_background_jobs", kNo, kWorkers},
    {"media_retention", kNo, kMedia},
    {"media_storage_providers", kNo, kMedia},
    {"media_store_path", kYes, ""},
    {"media_upload_limit_fallback_info_uri", kNo, kMedia},
    {"media_upload_limits", kNo, kMedia},
    {"metrics_bind_host", kNo, kListeners},
    {"metrics_flags", kNo, kLater},
    {"metrics_port", kNo, kListeners},
    {"modules", kRefused, kModules},
    {"next_link_domain_whitelist", kNo, kThirdParty},
    {"no_proxy_hosts", kNo, kFederation},
    {"no_redirect_stdio", kNo, kPython},
    {"no_tls", kNo, kListeners},
    {"nonrefreshable_access_token_lifetime", kYes, ""},
    {"notify_appservices", kNo, kWorkers},
    {"notify_appservices_from_worker", kNo, kWorkers},
    {"oembed", kNo, kPreviews},
    {"oidc_config", kNo, kLogins},
    {"oidc_providers", kNo, kLogins},
    {"old_signing_keys", kPartly, "checked; published once federation is built"},
    {"opentracing", kNo, kLater},
    {"outbound_federation_restricted_to", kNo, kWorkers},
    {"password_config", kYes, ""},
    {"password_providers", kRefused, kModules},
    {"perspectives", kNo, kFederation},
    {"pid_file", kNo, "Aksono stays in the foreground"},
    {"presence", kPartly, "rows are left alone: presence is not built yet"},
    {"prevent_media_downloads_from", kNo, kMedia},
    {"print_pidfile", kNo, kPython},
    {"public_baseurl", kYes, ""},
    {"push", kPartly, "unread counts are kept; nothing is sent to phones yet"},
    {"push_rules", kNo, kLater},
    {"pusher_instances", kYes, ""},
    {"rc_3pid_validation", kNo, kThirdParty},
    {"rc_admin_redaction", kYes, ""},
    {"rc_delayed_event_mgmt", kNo, kLater},
    {"rc_federation", kNo, kFederation},
    {"rc_invites", kNo, kRooms},
    {"rc_joins", kNo, kRooms},
    {"rc_joins_per_room", kNo, kRooms},
    {"rc_key_requests", kNo, kFederation},
    {"rc_login", kYes, ""},
    {"rc_media_create", kNo, kMedia},
    {"rc_message", kYes, ""},
    {"rc_message_burst_count", kYes, ""},
    {"rc_messages_per_second", kYes, ""},
    {"rc_presence", kNo, kLater},
    {"rc_profile", kNo, kProfiles},
    {"rc_registration", kYes, ""},
    {"rc_registration_token_validity", kYes, ""},
    {"rc_reports", kNo, kLater},
    {"rc_room_creation", kNo, kRooms},
    {"rc_third_party_invite", kNo, kThirdParty},
    {"rc_user_directory", kNo, kUsers},
    {"recaptcha_private_key", kNo, kCaptcha},
    {"recaptcha_private_key_path", kNo, kCaptcha},
    {"recaptcha_public_key", kNo, kCaptcha},
    {"recaptcha_public_key_path", kNo, kCaptcha},
    {"recaptcha_siteverify_api", kNo, kCaptcha},
    {"redaction_allowed_period", kNo, kLater},
    {"redaction_retention_period", kNo, kJobs},
    {"redis", kNo, kWorkers},
    {"refresh_token_lifetime", kYes, ""},
    {"refreshable_access_token_lifetime", kYes, ""},
    {"registration_requires_token", kYes, ""},
    {"registration_shared_secret", kYes, ""},
    {"registration_shared_secret_path", kYes, ""},
    {"registrations_require_3pid", kNo, kRegistrationStep},
    {"remote_media_download_burst_count", kNo, kMedia},
    {"remote_media_download_per_second", kNo, kMedia},
    {"replication_torture_level", kNo, kPython},
    {"report_stats", kNo, "Aksono reports to nobody; the option must be there, as for Synapse"},
    {"report_stats_endpoint", kNo, kReports},
    {"request_token_inhibit_3pid_errors", kNo, kThirdParty},
    {"require_auth_for_profile_requests", kYes, ""},
    {"require_membership_for_aliases", kNo, kRooms},
    {"restrict_public_rooms_to_local_users", kNo, kDirectory},
    {"retention", kPartly,
     "messages beyond their lifetime are not shown; purging them is not built yet"},
    {"rollback_floor", kYes, ""},
    {"room_invite_state_types", kNo, kRooms},
    {"room_list_publication_rules", kNo, kDirectory},
    {"room_prejoin_state", kNo, kRooms},
    {"run_background_tasks_on", kNo, kWorkers},
    {"saml2_config", kNo, kLogins},
    {"send_federation", kPartly,
     "federation is not built yet; false keeps its position where it is"},
    {"sentry", kNo, kLater},
    {"serve_server_wellknown", kYes, ""},
    {"server_context", kNo, kReports},
    {"server_name", kYes, ""},
    {"server_notices", kNo, kLater},
    {"session_lifetime", kYes, ""},
    {"signing_key", kYes, ""},
    {"signing_key_path", kYes, ""},
    {"soft_file_limit", kYes, ""},
    {"spam_checker", kRefused, kModules},
    {"sso", kNo, kLogins},
    {"start_pushers", kNo, kWorkers},
    {"stats", kPartly, "positions are kept; the statistics are left to the next Synapse"},
    {"stream_writers", kYes, ""},
    {"suppress_key_server_warning", kNo, kFederation},
    {"synchronous_backup_media_store", kNo, kMedia},
    {"task_scheduler", kNo, kJobs},
    {"templates", kNo, kThirdParty},
    {"tenure_file", kYes, ""},
    {"third_party_event_rules", kRefused, kModules},
    {"thumbnail_sizes", kNo, kMedia},
    {"tls_certificate_path", kYes, ""},
    {"tls_private_key_path", kYes, ""},
    {"track_appservice_user_ips", kNo, kAppservices},
    {"track_puppeted_user_ips", kYes, ""},
    {"trust_identity_server_for_password_resets", kRefused, kGone},
    {"trusted_key_servers", kNo, kFederation},
    {"turn_allow_guests", kNo, kCalls},
    {"turn_password", kNo, kCalls},
    {"turn_shared_secret", kNo, kCalls},
    {"turn_shared_secret_path", kNo, kCalls},
    {"turn_uris", kNo, kCalls},
    {"turn_user_lifetime", kNo, kCalls},
    {"turn_username", kNo, kCalls},
    {"ui_auth", kNo, kLogins},
    {"unsecure_port", kNo, kListeners},
    {"unused_expiration_time", kNo, kMedia},
    {"update_user_directory", kNo, kWorkers},
    {"update_user_directory_from_worker", kNo, kWorkers},
    {"url_preview_accept_language", kNo, kPreviews},
    {"url_preview_enabled", kNo, kPreviews},
    {"url_preview_ip_range_blacklist", kNo, kPreviews},
    {"url_preview_ip_range_whitelist", kNo, kPreviews},
    {"url_preview_url_blacklist", kNo, kPreviews},
    {"use_account_validity_in_account_status", kNo, kLater},
    {"use_appservice_legacy_authorization", kNo, kAppservices},
    {"use_frozen_dicts", kNo, kPython},
    {"use_insecure_ssl_client_just_for_testing_do_not_use", kNo, kPython},
    {"use_presence", kPartly, "rows are left alone: presence is not built yet"},
    {"user_agent_suffix", kNo, kFederation},
    {"user_consent", kRefused,
     "not built yet when block_events_error or require_at_registration is set; the forms are not "
     "served"},
    {"user_directory", kNo, kUsers},
    {"user_ips_max_age", kNo, kJobs},
    {"user_types", kPartly, "default_user_type is"},
    {"web_client_location", kYes, ""},
    {"worker_app", kRefused,
     "makes this a worker's configuration; one Aksono stands in for all workers"},
    {"worker_daemonize", kNo, kWorkers},
    {"worker_listeners", kNo, kWorkers},
    {"worker_log_config", kNo, kWorkers},
    {"worker_main_http_uri", kNo, kWorkers},
    {"worker_manhole", kNo, kPython},
    {"worker_name", kRefused,
     "makes this a worker's configuration; one Aksono stands in for all workers"},
    {"worker_pid_file", kNo, kWorkers},
    {"worker_replication_host", kNo, kWorkers},
    {"worker_replication_http_port", kNo, kWorkers},
    {"worker_replication_http_tls", kNo, kWorkers},
    {"worker_replication_port", kRefused, kGone},
    {"worker_replication_secret", kNo, kWorkers},
    {"worker_replication_secret_path", kNo, kWorkers},
}};

std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), 0);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            row[j] =
                std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
            diagonal = above;
        }
    }
    return row.back();
}

}  // namespace

std::span<const Option> options_table() {
    return kOptions;
}

const Option* find_option(std::string_view name) {
    const auto it = std::ranges::lower_bound(kOptions, name, {}, &Option::name);
    return it == kOptions.end() || it->name != name ? nullptr : &*it;
}

std::string_view nearest_option(std::string_view name) {
    const auto it = std::ranges::min_element(
        kOptions, {}, [&](const Option& option) { return distance(name, option.name); });
    const std::size_t far = std::max<std::size_t>(2, name.size() / 4);
    return distance(name, it->name) <= far ? it->name : std::string_view();
}

std::string_view fate_name(Fate fate) {
    switch (fate) {
        case Fate::honoured:
            return "honoured";
        case Fate::partly:
            return "in part";
        case Fate::ignored:
            return "ignored";
        case Fate::refused:
            break;
    }
    return "refused";
}

}  // namespace aksono::config
