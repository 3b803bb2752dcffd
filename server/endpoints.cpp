// SPDX-License-Identifier: Apache-2.0
#include "endpoints.h"

#include "admin_api/register.h"
#include "admin_api/server_version.h"
#include "client_api/account_data.h"
#include "client_api/accounts.h"
#include "client_api/push_rules.h"
#include "client_api/receipts.h"
#include "client_api/room_reads.h"
#include "client_api/send.h"
#include "client_api/sync.h"
#include "client_api/typing.h"
#include "client_api/versions.h"
#include "client_api/well_known.h"
#include "federation_api/version.h"
#include "http/request_metrics.h"
#include "push/push_rules_reader.h"
#include "storage/experimental_features.h"
#include "version.h"

namespace aksono {

namespace {

client_api::WellKnownSettings well_known(const config::Config& config) {
    client_api::WellKnownSettings settings;
    settings.server_name = config.server_name;
    settings.serve_server = config.serve_server_wellknown;
    if (config.public_baseurl_given) settings.public_baseurl = config.public_baseurl;
    settings.default_identity_server = config.registration.default_identity_server;
    settings.extra_client_content = config.extra_well_known_client_content;
    return settings;
}

client_api::VersionsSettings versions(Services& services, const config::Config& config) {
    client_api::VersionsSettings settings;
    settings.on = route_switches(config);
    // On unless it is switched off.
    const Json* sliding = find_member(config.experimental_features, "msc3575_enabled");
    if (sliding == nullptr || *sliding != false) {
        settings.on.insert("experimental_features.msc3575_enabled");
    }
    settings.user_has_msc3881 = [&database = services.database](Waiter& waiter,
                                                                const UserId& user) {
        const auto given = database.fetch(waiter, "experimental_feature", [&](pg::Transaction& tx) {
            return storage::experimental_feature(tx, user, "msc3881");
        });
        return given.value_or(false);
    };
    return settings;
}

/// What describes the server itself.
void add_server_endpoints(http::Endpoints& endpoints, Services& services,
                          const config::Config& config) {
    http::add_metrics_endpoint(endpoints, services.metrics);
    client_api::add_health_endpoint(endpoints);
    client_api::add_welcome_pages(endpoints, config.web_client_location.value_or(""));
    client_api::add_versions_endpoints(endpoints, versions(services, config));
    client_api::add_well_known_endpoints(endpoints, well_known(config));
    federation_api::add_version_endpoint(endpoints, kVersion);
    admin_api::add_server_version_endpoint(
        endpoints, {.emulated_version = config.emulate_version, .aksono_version = kVersion});
}

/// Getting in and out, and what users keep with their account.
void add_account_endpoints(http::Endpoints& endpoints, Services& services,
                           const config::Config& config) {
    client_api::add_login_endpoints(
        endpoints, {.server_name = config.server_name,
                    .well_known = client_api::well_known_client(well_known(config)),
                    .login_via_existing_session = config.sessions.login_via_existing_session,
                    .logins = services.logins,
                    .sessions = services.sessions,
                    .passwords = services.passwords,
                    .limits = services.limits,
                    .authenticator = services.authenticator});
    client_api::add_register_endpoints(endpoints, {.flows = client_api::registration_flows(config),
                                                   .registration = services.registration,
                                                   .sessions = services.sessions,
                                                   .passwords = services.passwords,
                                                   .ui_auth = services.ui_auth,
                                                   .limits = services.limits});
    admin_api::add_register_endpoints(endpoints, {.registration = services.registration,
                                                  .sessions = services.sessions,
                                                  .passwords = services.passwords});
    client_api::add_logout_endpoints(endpoints, services.logouts);
    client_api::add_refresh_endpoints(endpoints, services.sessions);
    client_api::add_whoami_endpoints(endpoints);
    client_api::add_capabilities_endpoints(endpoints, config);
    client_api::add_password_policy_endpoints(endpoints, config);
    client_api::add_filter_endpoints(endpoints, services.filters, config.server_name);
    client_api::add_profile_endpoints(
        endpoints,
        {.profiles = services.profiles,
         .require_auth = config.require_auth_for_profile_requests,
         .only_who_share_rooms = config.limit_profile_requests_to_users_who_share_rooms});
    client_api::add_push_rules_endpoints(endpoints, services.database);
    client_api::add_account_data_read_endpoints(
        endpoints, services.database, {.push_rules = push::push_rules_of, .typing = nullptr});
}

/// What happens in rooms.
void add_room_endpoints(http::Endpoints& endpoints, Services& services,
                        const config::Config& config) {
    client_api::add_sync_endpoints(endpoints, services.sync, services.filters,
                                   config.filter_timeline_limit);
    client_api::add_event_read_endpoints(endpoints, services.room_reader);
    client_api::add_room_state_endpoints(endpoints, services.room_reader);
    client_api::add_send_endpoints(endpoints, services.creator);
    client_api::add_redact_endpoints(endpoints, services.creator);
    client_api::add_receipt_endpoints(endpoints, services.receipts);
    client_api::add_typing_endpoints(endpoints, services.database, services.typing,
                                     config.server_name);
}

}  // namespace

http::Endpoints make_endpoints(Services& services, const config::Config& config) {
    http::Endpoints endpoints;
    add_server_endpoints(endpoints, services, config);
    add_account_endpoints(endpoints, services, config);
    add_room_endpoints(endpoints, services, config);
    return endpoints;
}

http::Switches route_switches(const config::Config& config) {
    http::Switches on;
    if (config.sessions.login_via_existing_session) on.insert("login_via_existing_session");
    if (config.enable_metrics) on.insert("enable_metrics");
    if (config.include_profile_updates_in_sync) on.insert("include_profile_updates_in_sync");
    if (config.max_event_delay_duration > 0) on.insert("max_event_delay_duration");
    if (config.encryption_enabled_by_default != "off") {
        on.insert("encryption_enabled_by_default_for_room_type." +
                  config.encryption_enabled_by_default);
    }
    for (const auto& [name, value] : config.experimental_features.items()) {
        if (value == true) on.insert("experimental_features." + name);
    }
    return on;
}

}  // namespace aksono
