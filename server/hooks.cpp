// SPDX-License-Identifier: Apache-2.0
#include "hooks.h"

namespace aksono {

namespace {

auth::TokenSource token_source(const http::Request& request) {
    auth::TokenSource source;
    source.ip = request.client_ip;
    for (const auto& [name, value] : request.headers.all()) {
        if (http::same_name(name, "Authorization")) source.authorization.push_back(value);
    }
    source.query = request.query.all("access_token");
    if (const auto* agent = request.headers.find("User-Agent")) source.user_agent = *agent;
    return source;
}

void authenticate(Services& services, http::Call& call, http::Access access) {
    using http::Access;
    if (access == Access::open || access == Access::federation) return;
    const auto source = token_source(call.request());
    if (access == Access::optional && source.authorization.empty() && source.query.empty()) return;
    const auth::Demand demand{
        .guests = access == Access::guest || access == Access::optional,
        .locked = access == Access::locked,
        .admin = access == Access::admin,
    };
    call.set_requester(services.authenticator.authenticate(call.waiter(), source, demand));
}

std::optional<MatrixError> translate(const std::exception& error) {
    if (dynamic_cast<const pg::NulByte*>(&error) != nullptr) {
        return MatrixError::invalid_param("U+0000 is not allowed here");
    }
    return std::nullopt;
}

}  // namespace

http::Hooks make_hooks(Services& services) {
    return {
        .authenticate = [&services](http::Call& call,
                                    http::Access access) { authenticate(services, call, access); },
        .translate = translate};
}

}  // namespace aksono
