// SPDX-License-Identifier: Apache-2.0
#include "config/listener.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace aksono::config {

namespace {

constexpr std::array<std::string_view, 10> kResources{
    "client", "consent", "federation", "health",      "keys",
    "media",  "metrics", "openid",     "replication", "static"};

Listener::Type read_type(const Section& entry) {
    const auto type = entry.maybe_text("type");
    if (!type) entry.refuse("type", "", "is missing: give http, metrics or manhole");
    if (*type == "http") return Listener::Type::http;
    if (*type == "metrics") return Listener::Type::metrics;
    if (*type == "manhole") return Listener::Type::manhole;
    if (*type == "replication") {
        entry.refuse("type", "Using direct TCP replication for workers is no longer supported.",
                     "remove this listener", entry.path_of("type"));
    }
    entry.refuse(
        "type", fmt::format("'type' must be in {{'metrics', 'manhole', 'http'}} (got '{}')", *type),
        "give http, metrics or manhole");
}

std::vector<Listener::Resource> read_resources(const Section& entry) {
    std::vector<Listener::Resource> resources;
    for (const auto& section : entry.sections("resources")) {
        Listener::Resource resource;
        const Json* names = section.find("names");
        if (names != nullptr && names->is_string()) {
            resource.names.push_back(names->get<std::string>());
            section.refuse("names", "", "must be a list: [" + resource.names[0] + "]");
        }
        resource.names = section.texts("names");
        for (const auto& name : resource.names) {
            if (std::find(kResources.begin(), kResources.end(), name) == kResources.end()) {
                section.refuse("names", "Unknown listener resource: '" + name + "'",
                               fmt::format("give one of {}", fmt::join(kResources, ", ")));
            }
        }
        resource.compress = section.boolean("compress", false);
        resources.push_back(std::move(resource));
    }
    return resources;
}

std::vector<std::string> read_addresses(const Section& entry, Listener::Type type) {
    auto addresses = entry.texts("bind_addresses");
    if (const auto address = entry.maybe_text("bind_address"); address && !address->empty()) {
        addresses.push_back(*address);
    }
    if (!addresses.empty()) return addresses;
    if (type == Listener::Type::http) return {"::", "0.0.0.0"};
    return {"127.0.0.1"};
}

void read_place(const Section& entry, Listener& listener) {
    const bool has_port = entry.has("port");
    const auto path = entry.maybe_text("path");
    if (has_port && path) {
        entry.refuse(
            "path",
            "Can not have both a UNIX socket and an IP/port declared for the same resource!",
            "keep one of port and path");
    }
    if (!has_port && !path) {
        entry.refuse("port",
                     "Must have either a UNIX socket or an IP/port declared for a given resource!",
                     "give a port or a path");
    }
    if (path) {
        listener.socket_path = *path;
        listener.socket_mode = static_cast<int>(entry.integer("mode", 0666));
        return;
    }
    const Json& port = *entry.find("port");
    if (!port.is_number_integer() || port.get<std::int64_t>() < 0 ||
        port.get<std::int64_t>() > 65535) {
        entry.refuse("port", "Listener configuration is lacking a valid 'port' option",
                     "give a number from 0 to 65535, without quotes");
    }
    listener.port = port.get<int>();
    listener.bind_addresses = read_addresses(entry, listener.type);
}

Listener read_listener(const Section& entry) {
    Listener listener;
    listener.type = read_type(entry);
    read_place(entry, listener);
    listener.tls = listener.socket_path.empty() && entry.boolean("tls", false);
    // Whoever speaks to a Unix socket is a proxy on the same machine.
    listener.x_forwarded = entry.boolean("x_forwarded", !listener.socket_path.empty());
    listener.resources = read_resources(entry);
    listener.tag = entry.maybe_text("tag");
    listener.request_id_header = entry.maybe_text("request_id_header");
    if (entry.has("additional_resources") && !entry.object("additional_resources").empty()) {
        entry.refuse("additional_resources", "",
                     "names Python modules, which Aksono cannot run: remove it, or keep Synapse");
    }
    return listener;
}

}  // namespace

std::string Listener::site_tag() const {
    if (tag) return *tag;
    return socket_path.empty() ? std::to_string(port) : "unix";
}

bool Listener::serves(std::string_view resource) const {
    return std::any_of(resources.begin(), resources.end(), [&](const Resource& entry) {
        return std::find(entry.names.begin(), entry.names.end(), resource) != entry.names.end();
    });
}

std::vector<Listener> read_listeners(const Section& root) {
    std::vector<Listener> listeners;
    for (const auto& entry : root.sections("listeners"))
        listeners.push_back(read_listener(entry));
    for (const auto& listener : listeners) {
        if (!listener.tls) continue;
        for (const char* option : {"tls_certificate_path", "tls_private_key_path"}) {
            if (root.has(option)) continue;
            root.refuse(option,
                        fmt::format("{} must be specified if TLS-enabled listeners are configured.",
                                    option),
                        "name a PEM file, or set tls: false");
        }
    }
    return listeners;
}

}  // namespace aksono::config
