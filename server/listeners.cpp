// SPDX-License-Identifier: Apache-2.0
#include "listeners.h"

#include "version.h"

#include <algorithm>

namespace aksono {

namespace {

void add_resources(const config::Listener& listener, http::ListenerSettings& settings) {
    for (const auto& group : listener.resources) {
        for (const auto& name : group.names) {
            const auto resource = http::parse_resource(name);
            if (!resource) continue;  // config has warned of it
            settings.resources.add(*resource);
            if (group.compress) settings.compressed.add(*resource);
        }
    }
}

http::ListenerSettings settings_of(const config::Config& config, const config::Listener& listener) {
    http::ListenerSettings settings;
    settings.site = listener.site_tag();
    settings.bind_addresses = listener.bind_addresses;
    settings.port = listener.port;
    settings.socket_path = listener.socket_path;
    settings.socket_mode = listener.socket_mode;
    if (listener.tls) {
        settings.tls_certificate_path = config.tls_certificate_path;
        settings.tls_private_key_path = config.tls_private_key_path;
    }
    settings.x_forwarded = listener.x_forwarded;
    settings.request_id_header = listener.request_id_header;
    settings.metrics_only = listener.type == config::Listener::Type::metrics;
    // Room for a federation transaction, however small the uploads may be.
    constexpr std::int64_t kTransaction = 200LL * 65536;
    settings.max_body = static_cast<std::size_t>(std::max(config.max_upload_size, kTransaction));
    settings.server_header = std::string("Aksono/") + kVersion;
    add_resources(listener, settings);
    if (listener.type == config::Listener::Type::http) {
        settings.resources.add(http::Resource::health);
    }
    return settings;
}

}  // namespace

std::vector<http::ListenerSettings> listener_settings(const config::Config& config) {
    std::vector<http::ListenerSettings> all;
    for (const auto& listener : config.listeners) {
        using enum config::Listener::Type;
        if (listener.type == manhole) continue;
        if (listener.type == metrics && !config.enable_metrics) continue;
        all.push_back(settings_of(config, listener));
    }
    return all;
}

}  // namespace aksono
