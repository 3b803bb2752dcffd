// SPDX-License-Identifier: Apache-2.0
#include "background/server_name.h"

#include <algorithm>
#include <arpa/inet.h>
#include <string_view>

namespace aksono::background {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_label_letter(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

/// Labels between dots, none of them empty.
bool is_host_name(std::string_view host) {
    if (host.empty() || host.front() == '.' || host.back() == '.') return false;
    if (host.find("..") != std::string_view::npos) return false;
    return std::ranges::all_of(host, [](char c) { return c == '.' || is_label_letter(c); });
}

bool is_ipv6(const std::string& text) {
    in6_addr address{};
    return inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

bool is_port(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, is_digit);
}

}  // namespace

bool is_server_name(const std::string& name) {
    const bool bracketed = name.starts_with('[');
    const auto bracket = name.find(']');
    if (bracketed && bracket == std::string::npos) return false;
    const auto end = bracketed ? bracket + 1 : std::min(name.find(':'), name.size());
    const std::string_view rest = std::string_view(name).substr(end);
    if (!rest.empty() && (rest.front() != ':' || !is_port(rest.substr(1)))) return false;
    return bracketed ? is_ipv6(name.substr(1, bracket - 1)) : is_host_name(name.substr(0, end));
}

}  // namespace aksono::background
