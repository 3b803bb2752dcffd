// SPDX-License-Identifier: Apache-2.0
#include "users/text.h"

#include <algorithm>

namespace aksono::users {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_host_character(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-';
}

bool is_ip6_character(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
}

}  // namespace

std::size_t count_code_points(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;
    }));
}

std::string ascii_or_replacement(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\0' || (static_cast<unsigned char>(c) & 0x80U) != 0) {
            out += "\xef\xbf\xbd";
        } else {
            out += c;
        }
    }
    return out;
}

bool storable(std::string_view text) {
    return text.find('\0') == text.npos;
}

bool has_valid_domain(std::string_view id) {
    const auto colon = id.find(':');
    if (colon == id.npos) return false;
    auto host = id.substr(colon + 1);
    std::string_view port;
    if (host.starts_with('[')) {
        const auto end = host.find(']');
        if (end == host.npos) return false;
        port = host.substr(end + 1);
        host = host.substr(1, end - 1);
        if (!std::all_of(host.begin(), host.end(), is_ip6_character)) return false;
    } else {
        const auto end = std::min(host.find(':'), host.size());
        port = host.substr(end);
        host = host.substr(0, end);
        if (!std::all_of(host.begin(), host.end(), is_host_character)) return false;
    }
    if (host.empty()) return false;
    if (port.empty()) return true;
    return port.size() > 1 && port.front() == ':' &&
           std::all_of(port.begin() + 1, port.end(), is_digit);
}

}  // namespace aksono::users
