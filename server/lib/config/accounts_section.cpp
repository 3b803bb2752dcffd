// SPDX-License-Identifier: Apache-2.0
#include "config/sections.h"

#include <array>

#include <fmt/format.h>

namespace aksono::config {

namespace {

/// `enable_registration` is the one switch that Synapse also takes as a word in quotes.
bool lenient_boolean(const Section& root, const std::string& key) {
    const Json* value = root.given(key);
    if (value == nullptr) return false;
    if (value->is_boolean()) return value->get<bool>();
    std::string text = value->is_string() ? value->get<std::string>() : dump_json(*value);
    if (value->is_null()) text = "none";
    for (auto& c : text)
        c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    static constexpr std::array<std::string_view, 6> kTrue{"y", "yes", "t", "true", "on", "1"};
    static constexpr std::array<std::string_view, 6> kFalse{"n", "no", "f", "false", "off", "0"};
    for (const auto word : kTrue) {
        if (text == word) return true;
    }
    for (const auto word : kFalse) {
        if (text == word) return false;
    }
    root.refuse(key, fmt::format("invalid truth value '{}'", text), "give true or false");
}

void check_open_registration(const Section& root, const RegistrationSettings& settings) {
    const bool verified = settings.requires_token || !settings.requires_3pid.empty() ||
                          root.boolean("enable_registration_captcha", false);
    if (!settings.enabled || settings.without_verification || verified) return;
    root.refuse(
        "enable_registration",
        "You have enabled open registration without any verification. This is a known vector "
        "for spam and abuse. If you would like to allow public registration, please consider "
        "adding email, captcha, or token-based verification. Otherwise this check can be "
        "removed by setting the `enable_registration_without_verification` config option to "
        "`true`.",
        "set registration_requires_token: true, or enable_registration: false");
}

/// A lifetime that may be null or «infinity», which is also what the documentation calls its
/// default.
std::optional<Millis> lifetime(const Section& root, const std::string& key) {
    return root.maybe_duration(key);
}

void check_within_session(const Section& root, const SessionSettings& settings,
                          const std::string& key, const std::optional<Millis>& lifetime_of_it) {
    if (!settings.session_lifetime || !lifetime_of_it) return;
    if (*lifetime_of_it <= *settings.session_lifetime) return;
    root.refuse(key,
                fmt::format("Both `session_lifetime` and `{0}` configuration options have been "
                            "set, but `{0}`  exceeds `session_lifetime`!",
                            key),
                "make it no longer than session_lifetime");
}

}  // namespace

PasswordSettings read_password_settings(const Section& root) {
    PasswordSettings settings;
    const Section section = root.section("password_config");
    if (const Json* enabled = section.find("enabled")) {
        if (enabled->is_boolean()) {
            settings.enabled_for_login = settings.enabled_for_reauth = enabled->get<bool>();
        } else if (*enabled == "only_for_reauth") {
            settings.enabled_for_login = false;
        } else {
            section.refuse("enabled", "", "must be true, false or only_for_reauth");
        }
    }
    settings.localdb_enabled = section.boolean("localdb_enabled", true);
    settings.pepper = section.text("pepper", "");
    const Section policy = section.section("policy");
    settings.policy.enabled = policy.boolean("enabled", false);
    settings.policy.minimum_length = policy.integer("minimum_length", 0);
    settings.policy.require_digit = policy.boolean("require_digit", false);
    settings.policy.require_symbol = policy.boolean("require_symbol", false);
    settings.policy.require_lowercase = policy.boolean("require_lowercase", false);
    settings.policy.require_uppercase = policy.boolean("require_uppercase", false);
    settings.policy.as_given = section.object("policy");
    return settings;
}

RegistrationSettings read_registration_settings(const Section& root) {
    RegistrationSettings settings;
    settings.enabled = lenient_boolean(root, "enable_registration") ||
                       (root.given("disable_registration") != nullptr &&
                        !lenient_boolean(root, "disable_registration"));
    settings.without_verification =
        lenient_boolean(root, "enable_registration_without_verification");
    settings.requires_token = root.boolean("registration_requires_token", false);
    settings.requires_3pid = root.texts("registrations_require_3pid");
    settings.disable_msisdn = root.boolean("disable_msisdn_registration", false);
    settings.allow_guest_access = root.boolean("allow_guest_access", false);
    settings.inhibit_user_in_use_error = root.boolean("inhibit_user_in_use_error", false);
    settings.allow_underscore_prefixed_localpart =
        root.boolean("allow_underscore_prefixed_localpart", false);
    if (root.has("registration_shared_secret") && root.has("registration_shared_secret_path")) {
        root.refuse("registration_shared_secret",
                    "You have configured both `registration_shared_secret` and "
                    "`registration_shared_secret_path`. These are mutually incompatible.",
                    "keep one of the two");
    }
    settings.shared_secret = root.secret("registration_shared_secret");
    settings.default_identity_server = root.maybe_text("default_identity_server");
    settings.enable_set_displayname = root.boolean("enable_set_displayname", true);
    settings.enable_set_avatar_url = root.boolean("enable_set_avatar_url", true);
    settings.enable_3pid_changes = root.boolean("enable_3pid_changes", true);
    settings.auto_join_rooms = root.texts("auto_join_rooms");
    settings.auto_join_rooms_for_guests = root.boolean("auto_join_rooms_for_guests", true);
    check_open_registration(root, settings);
    return settings;
}

SessionSettings read_session_settings(const Section& root) {
    SessionSettings settings;
    settings.session_lifetime = lifetime(root, "session_lifetime");
    settings.refresh_token_lifetime = lifetime(root, "refresh_token_lifetime");
    settings.nonrefreshable_access_token_lifetime =
        lifetime(root, "nonrefreshable_access_token_lifetime");
    constexpr Millis kFiveMinutes = 5LL * 60 * 1000;
    const bool given = root.document().options.contains("refreshable_access_token_lifetime");
    settings.refreshable_access_token_lifetime =
        given ? lifetime(root, "refreshable_access_token_lifetime") : kFiveMinutes;
    check_within_session(root, settings, "nonrefreshable_access_token_lifetime",
                         settings.nonrefreshable_access_token_lifetime);
    check_within_session(root, settings, "refresh_token_lifetime", settings.refresh_token_lifetime);
    // The default may well be longer.
    if (given) {
        check_within_session(root, settings, "refreshable_access_token_lifetime",
                             settings.refreshable_access_token_lifetime);
    }
    const Section existing = root.section("login_via_existing_session");
    settings.login_via_existing_session = existing.boolean("enabled", false);
    settings.login_via_existing_session_ui_auth = existing.boolean("require_ui_auth", true);
    settings.login_token_timeout = existing.duration("token_timeout", kFiveMinutes);
    settings.ui_auth_session_timeout = root.section("ui_auth").duration("session_timeout", 0);
    return settings;
}

}  // namespace aksono::config
