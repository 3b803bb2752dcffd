// SPDX-License-Identifier: Apache-2.0
#include "rooms/server_acl.h"

#include <algorithm>

namespace aksono::rooms {

namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// «* matches any characters, ? one.» Case does not count.
bool matches(std::string_view glob, std::string_view text) {
    std::size_t g = 0, t = 0, star = glob.npos, resume = 0;
    while (t < text.size()) {
        if (g < glob.size() && glob[g] == '*') {
            star = g++;
            resume = t;
        } else if (g < glob.size() && (glob[g] == '?' || lower(glob[g]) == lower(text[t]))) {
            ++g;
            ++t;
        } else if (star != glob.npos) {
            g = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    while (g < glob.size() && glob[g] == '*')
        ++g;
    return g == glob.size();
}

bool any_matches(const Json& content, std::string_view key, std::string_view host) {
    const Json* globs = find_member(content, key);
    if (globs == nullptr || !globs->is_array()) return false;
    return std::ranges::any_of(*globs, [&](const Json& glob) {
        return glob.is_string() && matches(glob.get_ref<const std::string&>(), host);
    });
}

/// «The port is not considered.»
std::string_view host_of(std::string_view server) {
    if (server.starts_with('[')) return server.substr(0, server.find(']') + 1);
    return server.substr(0, server.find(':'));
}

bool is_ip_literal(std::string_view host) {
    return host.starts_with('[') || (std::ranges::count(host, '.') == 3 &&
                                     host.find_first_not_of("0123456789.") == host.npos);
}

}  // namespace

bool acl_allows(const Json& content, std::string_view server) {
    const std::string_view host = host_of(server);
    // 2. If the server name is an IP address literal and allow_ip_literals is false, deny.
    const Json* literals = find_member(content, "allow_ip_literals");
    if (literals != nullptr && *literals == false && is_ip_literal(host)) return false;
    // 3. If the server name matches an entry in the deny list, deny.
    if (any_matches(content, "deny", host)) return false;
    // 4. If the server name matches an entry in the allow list, allow. 5. Otherwise, deny.
    return any_matches(content, "allow", host);
}

}  // namespace aksono::rooms
