// SPDX-License-Identifier: Apache-2.0
#include "config/config.h"

#include "config/appservices.h"
#include "config/places.h"
#include "config/refusals.h"
#include "config/rollback_floor.h"
#include "config/rules.h"
#include "config/sections.h"
#include "config/shapes.h"

#include <stdexcept>

#include <openssl/sha.h>

namespace aksono::config {

namespace {

/// Synapse falls back from the option to the registration secret to a hash of the signing key's
/// seed; another choice would make guests' tokens worthless.
std::string macaroon_key(const Section& root, const Config& config) {
    if (const auto key = root.secret("macaroon_secret_key"); key && !key->empty()) return *key;
    const auto& shared = config.registration.shared_secret;
    if (shared && !shared->empty()) return *shared;
    const std::string& seed = config.signing_keys.front().seed;
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256(reinterpret_cast<const unsigned char*>(seed.data()), seed.size(), digest);
    return {reinterpret_cast<const char*>(digest), sizeof digest};
}

void check_report_stats(const Section& root) {
    if (root.has("report_stats")) return;
    root.refuse("report_stats",
                "Please opt in or out of reporting homeserver usage statistics, by setting the "
                "`report_stats` key in your config file to either True or False.",
                "set it to false; Aksono reports to nobody");
}

void read_identity(const Section& root, Config& config) {
    config.public_baseurl = read_public_baseurl(root, config.server_name);
    config.public_baseurl_given = root.has("public_baseurl");
    config.serve_server_wellknown = root.boolean("serve_server_wellknown", false);
    config.extra_well_known_client_content = read_extra_well_known(root);
    config.web_client_location = root.maybe_text("web_client_location");
    config.admin_contact = root.maybe_text("admin_contact");
    config.hs_disabled = root.boolean("hs_disabled", false);
    config.hs_disabled_message = root.text("hs_disabled_message", "");
    config.pid_file = root.text("pid_file", "");
    config.soft_file_limit = root.integer("soft_file_limit", 0);
}

void read_places(const Section& root, Config& config) {
    config.listeners = read_listeners(root);
    const std::string where = root.document().file_of("listeners") + ": listeners: ";
    for (const auto& listener : config.listeners) {
        if (listener.type == Listener::Type::manhole) {
            config.warnings.push_back(where + "the manhole is ignored: it is of Python");
        }
        if (listener.type == Listener::Type::metrics && !root.boolean("enable_metrics", false)) {
            config.warnings.push_back(
                where + "Metrics listener configured, but enable_metrics is not True!");
        }
    }
    config.tls_certificate_path = root.text("tls_certificate_path", "");
    config.tls_private_key_path = root.text("tls_private_key_path", "");
    config.database = read_database(root);
    config.media_store_path = media_store_path(root);
    config.max_upload_size = root.size("max_upload_size", config.max_upload_size);
    config.log_config = root.text("log_config", "");
}

void read_keys(const Section& root, Config& config) {
    config.signing_keys = read_signing_keys(root);
    config.old_signing_keys = read_old_signing_keys(root);
    config.key_refresh_interval =
        root.duration("key_refresh_interval", config.key_refresh_interval);
    config.macaroon_secret_key = macaroon_key(root, config);
    config.form_secret = root.secret("form_secret");
}

void read_features(const Section& root, Config& config) {
    config.rate_limits = read_rate_limits(root);
    config.presence = read_presence_settings(root);
    config.retention = read_retention_settings(root);
    config.push = read_push_settings(root);
    config.caches = read_cache_settings(root);
    config.user_directory = read_user_directory_settings(root);
    config.limit_remote_rooms = read_limit_remote_rooms(root);
    config.default_room_version = read_default_room_version(root);
    config.encryption_enabled_by_default = read_default_encryption(root);
    config.max_event_delay_duration = read_max_event_delay(root);
    config.default_user_type = read_default_user_type(root);
    config.include_profile_updates_in_sync = root.boolean("include_profile_updates_in_sync", false);
    config.filter_timeline_limit =
        root.integer("filter_timeline_limit", config.filter_timeline_limit);
    config.enable_search = root.boolean("enable_search", true);
    config.enable_room_list_search = root.boolean("enable_room_list_search", true);
    const auto excluded = root.texts("exclude_rooms_from_sync");
    config.exclude_rooms_from_sync = {excluded.begin(), excluded.end()};
    config.require_auth_for_profile_requests =
        root.boolean("require_auth_for_profile_requests", false);
    config.limit_profile_requests_to_users_who_share_rooms =
        root.boolean("limit_profile_requests_to_users_who_share_rooms", false);
    config.allow_per_room_profiles = root.boolean("allow_per_room_profiles", true);
    config.allow_public_rooms_without_auth = root.boolean("allow_public_rooms_without_auth", false);
    config.allow_public_rooms_over_federation =
        root.boolean("allow_public_rooms_over_federation", false);
    config.stats_enabled = root.section("stats").boolean("enabled", true);
    config.send_federation =
        root.boolean("send_federation", true) || root.has("federation_sender_instances");
    config.enable_metrics = root.boolean("enable_metrics", false);
    config.experimental_features = root.object("experimental_features");
    config.max_delayed_events =
        root.section("experimental_features")
            .integer("msc4140_max_delayed_events_per_user", config.max_delayed_events);
}

/// Absent: the default; null: never.
std::optional<Millis> period(const Section& root, const std::string& key,
                             std::optional<Millis> fallback) {
    return root.document().options.contains(key) ? root.maybe_duration(key) : fallback;
}

void read_upkeep(const Section& root, Config& config) {
    config.redaction_retention_period =
        period(root, "redaction_retention_period", config.redaction_retention_period);
    config.forgotten_room_retention_period = period(root, "forgotten_room_retention_period", {});
    config.user_ips_max_age = period(root, "user_ips_max_age", config.user_ips_max_age);
    config.track_appservice_user_ips = root.boolean("track_appservice_user_ips", false);
    config.track_puppeted_user_ips = root.boolean("track_puppeted_user_ips", false);
    config.app_service_config_files = read_appservice_files(root);
    config.writers = read_writers(root);
    config.tenure_file = tenure_file(root);
    config.rollback_floor = root.maybe_text("rollback_floor");
    try {
        config.default_room_version = RollbackFloor::choose(config.rollback_floor, std::nullopt)
                                          .room_version(config.default_room_version);
    } catch (const std::invalid_argument& error) {
        root.refuse("rollback_floor", "", error.what());
    }
    config.emulate_version = root.text("emulate_version", kNewestRelease.str());
    if (!parse_release(config.emulate_version)) {
        root.refuse("emulate_version", "", "must be a release of Synapse such as 1.163.2");
    }
}

/// Steps of registration that are not built cannot be asked for, and names that belong to
/// application services could not be told from others: so nobody registers by himself.
void close_unbuilt_registration(const Section& root, Config& config) {
    auto& registration = config.registration;
    const bool consent = root.section("user_consent").boolean("require_at_registration", false);
    const bool captcha = root.boolean("enable_registration_captcha", false);
    const bool address = !registration.requires_3pid.empty();
    const bool services = !config.app_service_config_files.empty();
    if (!registration.enabled || !(consent || captcha || address || services)) return;
    registration.enabled = false;
    const std::string why =
        services ? "names that application services reserve are not kept for them yet"
                 : "it asks for a captcha, an address or consent, which are not built yet";
    config.warnings.push_back(root.document().file_of("enable_registration") +
                              ": enable_registration: open registration stays off: " + why);
}

}  // namespace

bool Config::experimental(const std::string& name) const {
    const Json* value = find_member(experimental_features, name);
    return value != nullptr && value->is_boolean() && value->get<bool>();
}

Config load_document(Document document) {
    Config config;
    config.document = std::move(document);
    config.warnings = config.document.notes;
    const Section root(config.document);
    config.server_name = read_server_name(root);
    check_report_stats(root);
    refuse_what_cannot_run(root);
    read_identity(root, config);
    read_places(root, config);
    config.password = read_password_settings(root);
    const auto rounds = root.integer("bcrypt_rounds", 12);
    if (rounds < 4 || rounds > 31) root.refuse("bcrypt_rounds", "", "must be between 4 and 31");
    config.bcrypt_rounds = static_cast<int>(rounds);
    config.registration = read_registration_settings(root);
    config.sessions = read_session_settings(root);
    read_keys(root, config);
    read_features(root, config);
    read_upkeep(root, config);
    check_shapes(root);
    check_rules(root);
    close_unbuilt_registration(root, config);
    return config;
}

Config load(const std::vector<std::string>& paths) {
    return load_document(read_documents(paths));
}

}  // namespace aksono::config
