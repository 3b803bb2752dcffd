// SPDX-License-Identifier: Apache-2.0
#include "config/rules.h"

#include "config/truth.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

namespace aksono::config {

namespace {

bool truthy(const Section& section, const std::string& key) {
    const Json* value = section.find(key);
    return value != nullptr && !is_falsy(*value);
}

struct Gone {
    const char* option;
    const char* sentence;
    const char* advice;
};

constexpr Gone kGone[] = {
    {"account_threepid_delegates.email",
     "Delegation of email verification to an identity server is no longer supported.", "remove it"},
    {"bind_port", "", "is an option of old; write the place as an entry of listeners"},
    {"invite_3pid_guest", "invite_3pid_guest is no longer supported", "remove it"},
    {"ldap_config", "",
     "names a Python module that checks passwords, which Aksono cannot run and will not leave out "
     "in silence: remove it, or keep Synapse"},
    {"log_file", "Support for the log_file configuration option", "was removed; use log_config"},
    {"trust_identity_server_for_password_resets",
     "The config option \"trust_identity_server_for_password_resets\" is no longer supported. "
     "Please remove it from the config file.",
     "remove it"},
    {"worker_name", "",
     "makes this a worker's configuration; Aksono is one process and stands in for all of them: "
     "start it with the main process's files only"},
    {"worker_replication_port", "Using direct TCP replication for workers is no longer supported.",
     "remove it"},
    {"experimental_features.msc4108_delegation_endpoint",
     "MSC4108 requires matrix_authentication_service to be enabled", "remove it"},
    {"experimental_features.msc4108_enabled",
     "MSC4108 requires matrix_authentication_service to be enabled", "switch it off"},
};

void check_gone(const Section& root) {
    for (const auto& gone : kGone) {
        const std::string path = gone.option;
        const auto dot = path.find('.');
        const std::string group = dot == path.npos ? "" : path.substr(0, dot);
        if (!group.empty() && !truthy(root, group)) continue;
        const Section section = group.empty() ? root : root.section(group);
        const std::string key = dot == path.npos ? path : path.substr(dot + 1);
        const bool asks = path == "worker_replication_port" ? section.given(key) != nullptr
                                                            : truthy(section, key);
        if (asks) section.refuse(key, gone.sentence, gone.advice);
    }
}

struct Words {
    const char* option;
    std::vector<std::string> known;
    const char* sentence;
};

void check_words(const Section& root) {
    const std::vector<Words> all{
        {"autocreate_auto_join_room_preset",
         {"private_chat", "public_chat", "trusted_private_chat"},
         "Invalid value for autocreate_auto_join_room_preset"},
        {"federation_client_minimum_tls_version",
         {"1", "1.0", "1.1", "1.2", "1.3"},
         "federation_client_minimum_tls_version must be one of: 1, 1.1, 1.2, 1.3"}};
    for (const auto& words : all) {
        const Json* value = root.given(words.option);
        if (value == nullptr) continue;
        const std::string text = value->is_string() ? value->get<std::string>() : dump_json(*value);
        if (std::ranges::find(words.known, text) != words.known.end()) continue;
        root.refuse(words.option, words.sentence,
                    fmt::format("give one of {}", fmt::join(words.known, ", ")));
    }
}

void check_triples(const Section& root) {
    constexpr std::pair<const char*, const char*> kTriples[] = {
        {"gc_thresholds", "Value of `gc_threshold` must be a list of three integers if set"},
        {"gc_min_interval", "Value of `gc_min_interval` must be a list of three durations if set"}};
    for (const auto& [option, sentence] : kTriples) {
        const Json* value = root.find(option);
        if (value != nullptr && value->size() != 3) root.refuse(option, sentence, "give three");
    }
}

/// Options of a mapping that must be there once the mapping is.
void check_needed(const Section& root) {
    const auto need = [&](const char* option, const char* member, const char* sentence) {
        if (!truthy(root, option)) return;
        const Section section = root.section(option);
        if (const Json* on = section.find("enabled"); on != nullptr && is_falsy(*on)) return;
        if (!section.has(member)) section.refuse(member, sentence, "is missing");
    };
    need("email", "notif_from",
         "Password reset emails are enabled on this homeserver due to a partial 'email' block. "
         "However, the following required keys are missing: email.notif_from");
    need("cas_config", "server_url", "");
    need("jwt_config", "secret", "");
    need("jwt_config", "algorithm", "");
    need("server_notices", "system_mxid_localpart", "");
    if (!root.has("user_consent")) return;
    for (const char* member : {"version", "template_dir"}) {
        const Section consent = root.section("user_consent");
        if (!consent.has(member)) consent.refuse(member, "", "is missing");
    }
}

struct Members {
    const char* option;
    std::vector<std::string> names;
};

void check_members(const Section& root) {
    const std::vector<Members> all{{"trusted_key_servers", {"server_name"}},
                                   {"thumbnail_sizes", {"width", "height", "method"}},
                                   {"media_upload_limits", {"time_period", "max_size"}},
                                   {"media_storage_providers", {"module"}},
                                   {"oidc_providers", {"idp_id", "issuer", "client_id"}},
                                   {"alias_creation_rules", {"action"}},
                                   {"room_list_publication_rules", {"action"}},
                                   {"worker_listeners", {"type"}}};
    for (const auto& [option, names] : all) {
        if (!truthy(root, option)) continue;
        for (const auto& entry : root.sections(option)) {
            for (const auto& member : names) {
                if (!entry.has(member)) entry.refuse(member, "", "is missing");
            }
        }
    }
}

/// Mappings that take no other members.
void check_closed(const Section& root) {
    const std::vector<Members> all{
        {"limit_remote_rooms", {"enabled", "complexity", "complexity_error", "admins_can_join"}},
        {"rc_federation",
         {"window_size", "sleep_limit", "sleep_delay", "reject_limit", "concurrent"}}};
    for (const auto& [option, known] : all) {
        if (!truthy(root, option)) continue;
        const Section section = root.section(option);
        for (const auto& key : section.keys()) {
            if (std::ranges::find(known, key) == known.end()) {
                section.refuse(key, "", fmt::format("is no member of {}", option));
            }
        }
    }
}

void check_pairs(const Section& root) {
    if (root.boolean("limit_profile_requests_to_users_who_share_rooms", false) &&
        !root.boolean("require_auth_for_profile_requests", false)) {
        root.refuse("limit_profile_requests_to_users_who_share_rooms",
                    "'limit_profile_requests_to_users_who_share_rooms' can only be enforced on "
                    "authenticated requests, so 'require_auth_for_profile_requests' must be set",
                    "set it too");
    }
    if (truthy(root, "outbound_federation_restricted_to") &&
        !truthy(root, "worker_replication_secret") &&
        !truthy(root, "worker_replication_secret_path")) {
        root.refuse("outbound_federation_restricted_to",
                    "`worker_replication_secret` must be configured when using "
                    "`outbound_federation_restricted_to`.",
                    "remove it");
    }
}

void check_key_servers(const Section& root) {
    const Json* verify = root.given("federation_verify_certificates");
    if (verify == nullptr || !is_falsy(*verify)) return;
    if (truthy(root, "trusted_key_servers")) {
        const auto servers = root.sections("trusted_key_servers");
        const bool safe = std::ranges::all_of(servers, [](const Section& server) {
            return server.has("verify_keys") || server.boolean("accept_keys_insecurely", false);
        });
        if (safe) return;
    } else if (root.has("trusted_key_servers")) {
        return;
    }
    root.refuse("federation_verify_certificates",
                "Your server is configured to accept key server responses without signature "
                "validation or TLS certificate validation.",
                "set it to true, or give verify_keys for each of trusted_key_servers");
}

void check_presence(const Section& root) {
    const Section section = root.section("presence");
    for (const char* option : {"last_active_granularity", "sync_online_timeout", "idle_timeout"}) {
        if (!section.has(option) || section.duration(option, 1) > 0) continue;
        section.refuse(option, fmt::format("'presence.{}' must be a positive duration", option),
                       "give one such as 30s");
    }
    if (section.duration("idle_timeout", 300000) >
        section.duration("last_active_granularity", 60000)) {
        return;
    }
    section.refuse("idle_timeout",
                   "'presence.idle_timeout' must be greater than "
                   "'presence.last_active_granularity'",
                   "make it longer");
}

void check_auto_join(const Section& root) {
    if (!truthy(root, "auto_join_rooms")) return;
    for (const auto& room : root.texts("auto_join_rooms")) {
        const bool good = (room.starts_with('#') || room.starts_with('!')) &&
                          (room.starts_with('!') || room.find(':') != room.npos);
        if (good) continue;
        root.refuse("auto_join_rooms", "Invalid auto_join_rooms entry " + room,
                    "give aliases such as #welcome:example.com");
    }
}

void check_power_levels(const Section& root) {
    if (!truthy(root, "default_power_level_content_override")) return;
    const Section section = root.section("default_power_level_content_override");
    for (const auto& preset : section.keys()) {
        if (preset == "private_chat" || preset == "public_chat" || preset == "trusted_private_chat")
            continue;
        section.refuse(preset, "", "is no preset of rooms");
    }
}

void check_urls(const Section& root) {
    const auto url = root.maybe_text("web_client_location");
    if (!url || url->empty() || url->starts_with("http://") || url->starts_with("https://")) return;
    root.refuse("web_client_location", "web_client_location must point to a HTTP(S) URL.",
                "give a URL such as https://app.example.com/");
}

}  // namespace

void check_rules(const Section& root) {
    check_gone(root);
    check_words(root);
    check_triples(root);
    check_needed(root);
    check_members(root);
    check_closed(root);
    check_pairs(root);
    check_key_servers(root);
    check_presence(root);
    check_auto_join(root);
    check_power_levels(root);
    check_urls(root);
}

}  // namespace aksono::config
