// SPDX-License-Identifier: Apache-2.0
#include "client_api/versions.h"

#include <array>

namespace aksono::client_api {
namespace {

constexpr std::array<std::string_view, 23> kVersions{
    "r0.0.1", "r0.1.0", "r0.2.0", "r0.3.0", "r0.4.0", "r0.5.0", "r0.6.0", "r0.6.1",
    "v1.1",   "v1.2",   "v1.3",   "v1.4",   "v1.5",   "v1.6",   "v1.7",   "v1.8",
    "v1.9",   "v1.10",  "v1.11",  "v1.12",  "v1.13",  "v1.14",  "v1.15"};

constexpr std::string_view kAlways = "always";
constexpr std::string_view kNever = "never";

/// An announced feature and the option that makes it true.
struct Feature {
    std::string_view name;
    std::string_view option;
};

// As Synapse 1.163.2 announces them; each option was tried alone.
constexpr std::array<Feature, 37> kFeatures{{
    {"org.matrix.label_based_filtering", kAlways},
    {"org.matrix.e2e_cross_signing", kAlways},
    {"org.matrix.msc2432", kAlways},
    {"uk.half-shot.msc2666.query_mutual_rooms.stable", kAlways},
    {"org.matrix.msc3026.busy_presence", "experimental_features.msc3026_enabled"},
    {"org.matrix.msc2285.stable", kAlways},
    {"org.matrix.msc3827.stable", kAlways},
    {"org.matrix.msc3440.stable", kAlways},
    {"org.matrix.msc3771", kAlways},
    {"org.matrix.msc3773", "experimental_features.msc3773_enabled"},
    {"fi.mau.msc2815", "experimental_features.msc2815_enabled"},
    {"fi.mau.msc2659.stable", kAlways},
    {"org.matrix.msc3882", "login_via_existing_session"},
    {"org.matrix.msc3881", "experimental_features.msc3881_enabled"},
    {"org.matrix.msc3874", "experimental_features.msc3874_enabled"},
    {"org.matrix.msc3912", "experimental_features.msc3912_enabled"},
    {"org.matrix.msc3981", kAlways},
    {"org.matrix.msc3391", "experimental_features.msc3391_enabled"},
    {"org.matrix.msc4069", "experimental_features.msc4069_profile_inhibit_propagation"},
    {"org.matrix.msc4028", "experimental_features.msc4028_push_encrypted_events"},
    {"org.matrix.msc4108", kNever},
    {"org.matrix.msc4140", "max_event_delay_duration"},
    {"org.matrix.simplified_msc3575", "experimental_features.msc3575_enabled"},
    {"uk.tcpip.msc4133", "experimental_features.msc4133_enabled"},
    {"uk.tcpip.msc4133.stable", kAlways},
    {"org.matrix.msc4155", "experimental_features.msc4155_enabled"},
    {"org.matrix.msc4306", "experimental_features.msc4306_enabled"},
    {"com.beeper.msc4169", "experimental_features.msc4169_enabled"},
    {"org.matrix.msc4262", "include_profile_updates_in_sync"},
    {"org.matrix.msc4354", "experimental_features.msc4354_enabled"},
    {"org.matrix.msc4380.stable", kAlways},
    {"org.matrix.msc4429", "include_profile_updates_in_sync"},
    {"org.matrix.msc4445.initial_sync_timeline_topological_ordering", kAlways},
    {"uk.timedout.msc4491.create_room_invite_reasons", "experimental_features.msc4491_enabled"},
    {"org.matrix.msc4143", "experimental_features.msc4143_enabled"},
    {"com.beeper.msc4446", "experimental_features.msc4446_enabled"},
    {"io.element.msc4502", "experimental_features.msc4502_enabled"},
}};

Json announced(const VersionsSettings& settings) {
    Json features = Json::object();
    for (const auto& [name, option] : kFeatures) {
        features[name] = option == kAlways || settings.on.contains(option);
    }
    const bool all = settings.on.contains("encryption_enabled_by_default_for_room_type.all");
    const bool invite =
        all || settings.on.contains("encryption_enabled_by_default_for_room_type.invite");
    features["io.element.e2ee_forced.public"] = all;
    features["io.element.e2ee_forced.private"] = invite;
    features["io.element.e2ee_forced.trusted_private"] = invite;
    return {{"versions", kVersions}, {"unstable_features", std::move(features)}};
}

/// https://spec.matrix.org/latest/client-server-api/#get_matrixclientversions
http::Response versions(http::Call& call, const VersionsSettings& settings, const Json& everyones) {
    Json body = everyones;
    if (call.has_requester() && settings.user_has_msc3881 &&
        settings.user_has_msc3881(call.waiter(), call.requester().user)) {
        body["unstable_features"]["org.matrix.msc3881"] = true;
    }
    http::Response response = http::Response::json(body);
    if (!call.has_requester()) {
        response.headers.set("Cache-Control",
                             "public, max-age=600, s-maxage=3600, stale-while-revalidate=600");
    }
    response.headers.set("Vary", "Authorization");
    return response;
}

}  // namespace

void add_versions_endpoints(http::Endpoints& endpoints, VersionsSettings settings) {
    Json everyones = announced(settings);
    endpoints.push_back({http::Method::get, "/_matrix/client/versions", http::Access::optional,
                         [settings = std::move(settings), everyones = std::move(everyones)](
                             http::Call& call) { return versions(call, settings, everyones); }});
}

}  // namespace aksono::client_api
