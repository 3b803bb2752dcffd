// SPDX-License-Identifier: Apache-2.0
#include "config/sections.h"

#include <algorithm>

#include <fmt/format.h>

namespace aksono::config {

namespace {

bool in(char c, std::string_view set) {
    return set.find(c) != std::string_view::npos;
}
bool alphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// https://spec.matrix.org/latest/appendices/#server-name
bool valid_server_name(std::string_view name) {
    if (name.empty() || name.size() > 230) return false;
    std::string_view host = name;
    if (name[0] == '[') {
        const auto end = name.find(']');
        if (end == std::string_view::npos) return false;
        host = name.substr(end + 1);
        for (const char c : name.substr(1, end - 1)) {
            if (!in(c, "0123456789abcdefABCDEF:.")) return false;
        }
        if (host.empty()) return true;
        if (host[0] != ':') return false;
    }
    const auto colon = host.find(':');
    if (colon != std::string_view::npos) {
        const auto port = host.substr(colon + 1);
        if (port.empty() || port.size() > 5 ||
            port.find_first_not_of("0123456789") != std::string_view::npos) {
            return false;
        }
        host = host.substr(0, colon);
        if (host.empty()) return name[0] == '[';
    }
    return std::all_of(host.begin(), host.end(),
                       [](char c) { return alphanumeric(c) || in(c, "-."); });
}

}  // namespace

std::string read_server_name(const Section& root) {
    const Json* value = root.find("server_name");
    if (value == nullptr) {
        root.refuse("server_name", "Missing mandatory `server_name` config option.",
                    "give the name that ends this server's user ids");
    }
    if (!value->is_string()) {
        root.refuse("server_name", fmt::format("Invalid server name '{}'", dump_json(*value)),
                    "put it in quotes");
    }
    auto name = value->get<std::string>();
    if (!valid_server_name(name)) {
        root.refuse("server_name", fmt::format("Server name '{}' has an invalid format", name),
                    "give a host name, with :port if need be");
    }
    return name;
}

std::string read_public_baseurl(const Section& root, const std::string& server_name) {
    auto url = root.maybe_text("public_baseurl");
    if (!url) return "https://" + server_name + "/";
    const auto colon = url->find("://");
    const std::string scheme = colon == std::string::npos ? "" : url->substr(0, colon);
    if (scheme != "https" && scheme != "http") {
        root.refuse("public_baseurl",
                    fmt::format("Invalid scheme '{}': only https and http are supported", scheme),
                    "give a URL such as https://matrix.example.com/");
    }
    if (url->back() != '/') *url += '/';
    return *url;
}

Json read_extra_well_known(const Section& root) {
    constexpr auto kOption = "extra_well_known_client_content";
    const Json* extra = root.find(kOption);
    if (extra == nullptr) return Json::object();
    if (!extra->is_object()) {
        root.refuse(kOption, "extra_well_known_content must be a dictionary of key-value pairs",
                    "give a mapping");
    }
    constexpr std::pair<const char*, const char*> kOwn[] = {
        {"m.homeserver", "public_baseurl"}, {"m.identity_server", "default_identity_server"}};
    for (const auto& [key, option] : kOwn) {
        if (!extra->contains(key)) continue;
        root.refuse(kOption,
                    fmt::format("{} is not supported in extra_well_known_content, use {} in base "
                                "config instead.",
                                key, option),
                    fmt::format("remove {} there", key));
    }
    return *extra;
}

}  // namespace aksono::config
