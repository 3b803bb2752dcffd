// SPDX-License-Identifier: Apache-2.0
#include "client_api/token_source.h"

#include <algorithm>

namespace aksono::client_api {

namespace {

bool is_authorization(std::string_view name) {
    constexpr std::string_view kName = "authorization";
    return std::equal(name.begin(), name.end(), kName.begin(), kName.end(),
                      [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

}  // namespace

auth::TokenSource token_source(const http::Request& request) {
    auth::TokenSource source;
    source.ip = request.client_ip;
    for (const auto& [name, value] : request.headers.all()) {
        if (is_authorization(name)) source.authorization.push_back(value);
    }
    source.query = request.query.all("access_token");
    if (const auto* agent = request.headers.find("User-Agent")) source.user_agent = *agent;
    return source;
}

}  // namespace aksono::client_api
