// SPDX-License-Identifier: Apache-2.0
#include "config/shapes.h"

#include "config/files.h"
#include "config/truth.h"
#include "config/units.h"

#include <algorithm>

#include <fmt/format.h>

namespace aksono::config {

namespace {

enum class Shape { mapping, list, mappings, texts, text, boolean, whole, duration, size, file };

/// Which nothing is taken, too.
enum class Nothing { none, null, any };

struct Rule {
    std::string_view path;  ///< «*»: every member
    Shape shape;
    Nothing nothing = Nothing::none;
};

using enum Shape;
constexpr Nothing kNull = Nothing::null;
constexpr Nothing kAny = Nothing::any;

// Each found by giving Synapse values of all types. Options whose type is checked where they are
// read stand here only where null is no value for them.
constexpr Rule kRules[] = {
    {"account_threepid_delegates", mapping, kAny},
    {"alias_creation_rules", mappings, kAny},
    {"allowed_avatar_mimetypes", list, kAny},
    {"app_service_config_files", texts},
    {"auto_accept_invites", mapping, kAny},
    {"auto_join_rooms", texts},
    {"background_updates", mapping, kAny},
    {"backup_media_store_path", text, kAny},
    {"caches.cache_autotuning", mapping, kAny},
    {"caches.cache_autotuning.max_cache_memory_usage", size},
    {"caches.cache_autotuning.min_cache_ttl", duration},
    {"caches.cache_autotuning.target_cache_memory_usage", size},
    {"caches.cache_entry_ttl", duration},
    {"caches.sync_response_cache_duration", duration},
    {"cas_config", mapping, kAny},
    {"cas_config.required_attributes", mapping, kAny},
    {"default_power_level_content_override", mapping, kAny},
    {"delete_stale_devices_after", duration, kAny},
    {"dont_notify_new_devices_for", texts},
    {"email", mapping, kNull},
    {"email.invite_client_location", text, kAny},
    {"email.notif_from", text},
    {"email.subjects", mapping},
    {"email.template_dir", text, kNull},
    {"email.validation_token_lifetime", duration},
    {"event_cache_size", size},
    {"extra_well_known_client_content", mapping},
    {"federation", mapping},
    {"federation.client_timeout", duration},
    {"federation.destination_max_retry_interval", duration},
    {"federation.destination_min_retry_interval", duration},
    {"federation.max_long_retry_delay", duration},
    {"federation.max_short_retry_delay", duration},
    {"federation_certificate_verification_whitelist", texts, kNull},
    {"federation_custom_ca_list", texts, kNull},
    {"federation_domain_whitelist", texts, kNull},
    {"federation_ip_range_blacklist", texts, kAny},
    {"federation_metrics_domains", texts, kAny},
    {"gc_min_interval", list, kNull},
    {"gc_thresholds", list, kNull},
    {"http_proxy", text, kNull},
    {"https_proxy", text, kNull},
    {"instance_map", mapping},
    {"instance_map.*", mapping},
    {"instance_map.*.host", text},
    {"instance_map.*.path", text},
    {"instance_map.*.port", whole},
    {"instance_map.*.tls", boolean},
    {"ip_range_blacklist", texts, kAny},
    {"ip_range_whitelist", texts, kAny},
    {"jwt_config", mapping, kAny},
    {"key_refresh_interval", duration},
    {"key_server_signing_keys_path", file, kAny},
    {"ldap_config", mapping},
    {"limit_remote_rooms.admins_can_join", boolean},
    {"limit_remote_rooms.complexity_error", text},
    {"limit_remote_rooms.enabled", boolean},
    {"listeners", list},
    {"login_via_existing_session", mapping},
    {"login_via_existing_session.token_timeout", duration},
    {"manhole", whole, kAny},
    {"manhole_settings", mapping, kAny},
    {"manhole_settings.password", text},
    {"manhole_settings.ssh_priv_key_path", file},
    {"manhole_settings.ssh_pub_key_path", file},
    {"manhole_settings.username", text},
    {"matrix_authentication_service", mapping, kNull},
    {"matrix_rtc", mapping, kNull},
    {"matrix_rtc.transports", mappings},
    {"max_avatar_size", size, kNull},
    {"max_image_pixels", size},
    {"max_spider_size", size},
    {"max_upload_size", size},
    {"media_retention", mapping, kAny},
    {"media_retention.local_media_lifetime", duration, kNull},
    {"media_retention.remote_media_lifetime", duration, kNull},
    {"media_storage_providers", mappings},
    {"media_store_path", text},
    {"media_upload_limits", mappings},
    {"metrics_port", whole, kAny},
    {"next_link_domain_whitelist", texts, kNull},
    {"no_proxy_hosts", texts, kNull},
    {"oembed", mapping, kAny},
    {"oembed.additional_providers", texts, kAny},
    {"oidc_config", mapping, kNull},
    {"oidc_providers", mappings, kNull},
    {"opentracing", mapping, kNull},
    {"perspectives", mapping},
    {"presence.idle_timeout", duration},
    {"presence.last_active_granularity", duration},
    {"presence.sync_online_timeout", duration},
    {"push_rules", mapping},
    {"rc_3pid_validation", mapping},
    {"rc_admin_redaction", mapping},
    {"rc_delayed_event_mgmt", mapping},
    {"rc_federation", mapping},
    {"rc_federation.*", whole},
    {"rc_invites", mapping},
    {"rc_invites.*", mapping},
    {"rc_joins", mapping},
    {"rc_joins.*", mapping},
    {"rc_joins_per_room", mapping},
    {"rc_key_requests", mapping},
    {"rc_login", mapping},
    {"rc_login.*", mapping},
    {"rc_media_create", mapping},
    {"rc_message", mapping},
    {"rc_presence", mapping},
    {"rc_presence.per_user", mapping},
    {"rc_profile", mapping},
    {"rc_registration", mapping},
    {"rc_registration_token_validity", mapping},
    {"rc_reports", mapping},
    {"rc_room_creation", mapping},
    {"rc_third_party_invite", mapping},
    {"rc_user_directory", mapping},
    {"recaptcha_private_key", text, kNull},
    {"recaptcha_private_key_path", file, kAny},
    {"recaptcha_public_key", text, kNull},
    {"recaptcha_public_key_path", file, kAny},
    {"redaction_allowed_period", duration, kNull},
    {"redis", mapping, kAny},
    {"remote_media_download_burst_count", size},
    {"remote_media_download_per_second", size},
    {"retention.purge_jobs", mappings},
    {"room_invite_state_types", texts},
    {"room_list_publication_rules", mappings, kAny},
    {"room_prejoin_state", mapping, kNull},
    {"room_prejoin_state.additional_event_types", list},
    {"room_prejoin_state.disable_default_event_types", boolean},
    {"saml2_config", mapping, kAny},
    {"sentry", mapping},
    {"server_notices", mapping, kNull},
    {"sso", mapping, kAny},
    {"sso.client_whitelist", list, kAny},
    {"sso.template_dir", text, kAny},
    {"stream_writers", mapping},
    {"task_scheduler", mapping, kAny},
    {"templates", mapping, kAny},
    {"templates.custom_template_directory", text, kNull},
    {"third_party_event_rules", mapping, kNull},
    {"thumbnail_sizes", mappings},
    {"track_puppeted_user_ips", boolean},
    {"trusted_key_servers", mappings},
    {"turn_shared_secret_path", file, kAny},
    {"turn_user_lifetime", duration},
    {"ui_auth.session_timeout", duration},
    {"unused_expiration_time", duration},
    {"user_consent", mapping, kNull},
    {"user_consent.template_dir", text},
    {"user_types", mapping},
    {"user_types.extra_user_types", texts},
    {"worker_listeners", mappings},
    {"worker_log_config", text, kNull},
    {"worker_manhole", whole, kAny},
    {"worker_replication_secret", text, kNull},
    {"worker_replication_secret_path", file, kAny},
};

std::string_view name_of(Shape shape) {
    switch (shape) {
        case mapping:
            return "a mapping";
        case list:
            return "a list";
        case mappings:
            return "a list of mappings";
        case texts:
            return "a list of texts";
        case text:
            return "text (put it in quotes)";
        case boolean:
            return "true or false";
        case whole:
            return "a whole number";
        case duration:
            return "a duration such as 30d, 5m or 5000 (ms)";
        case size:
            return "a size such as 50M, 10K or 5000 (bytes)";
        case file:
            break;
    }
    return "the path of a file";
}

bool is_shape(Shape shape, const Json& value) {
    const auto all = [&](auto&& good) {
        return value.is_array() && std::ranges::all_of(value, good);
    };
    switch (shape) {
        case mapping:
            return value.is_object();
        case list:
            return value.is_array();
        case mappings:
            return all([](const Json& item) { return item.is_object(); });
        case texts:
            return all([](const Json& item) { return item.is_string(); });
        case boolean:
            return value.is_boolean();
        case whole:
            return value.is_number_integer();
        case duration:
            return parse_duration(value).has_value();
        case size:
            return parse_size(value).has_value();
        case text:
        case file:
            break;
    }
    return value.is_string();
}

/// What Synapse says of units that it cannot read.
std::string sentence_of(Shape shape, const Json& value) {
    if (shape == duration) return parse_duration(value).error();
    return shape == size ? parse_size(value).error() : "";
}

bool is_nothing(Nothing nothing, const Json& value) {
    if (value.is_null()) return nothing != Nothing::none;
    return nothing == Nothing::any && is_falsy(value);
}

void check(const Section& section, const std::string& key, const Rule& rule) {
    const Json& value = *section.given(key);
    if (is_nothing(rule.nothing, value)) return;
    if (!is_shape(rule.shape, value)) {
        section.refuse(key, sentence_of(rule.shape, value),
                       fmt::format("must be {}, not {}", name_of(rule.shape), shown(value)));
    }
    if (rule.shape != file) return;
    if (const auto read = read_file(value.get<std::string>()); !read) {
        section.refuse(key, "Error accessing file '" + value.get<std::string>() + "'", read.error(),
                       section.path_of(key));
    }
}

void follow(const Section& section, std::string_view path, const Rule& rule) {
    const auto dot = path.find('.');
    const std::string name(path.substr(0, dot));
    const auto keys = name == "*" ? section.keys() : std::vector<std::string>{name};
    for (const auto& key : keys) {
        const Json* value = section.given(key);
        if (value == nullptr) continue;
        if (dot == path.npos) {
            check(section, key, rule);
        } else if (value->is_object()) {
            follow(section.section(key), path.substr(dot + 1), rule);
        }
    }
}

}  // namespace

void check_shapes(const Section& root) {
    for (const auto& rule : kRules)
        follow(root, rule.path, rule);
}

}  // namespace aksono::config
