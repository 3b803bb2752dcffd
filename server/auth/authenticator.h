// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "auth/token_source.h"
#include "base/requester.h"
#include "base/waiter.h"
#include "pg/database.h"

#include <functional>
#include <string>

namespace aksono::auth {

/// Whom an endpoint lets in beside ordinary users.
struct Demand {
    bool guests = false;  ///< guests too
    bool locked = false;  ///< logging out: users whose account is locked too, and expired tokens
    bool admin = false;   ///< server admins only
};

/// Tells who makes a request. One statement per request, no cache: a token that anyone deletes is
/// dead at once.
class Authenticator {
public:
    struct Options {
        std::string macaroon_key;  ///< of guests' tokens
        bool writes = true;        ///< false: access_tokens.used stays as it is
    };
    /// Called for each request that gets in, and for guests who do not. Must be cheap; may be
    /// empty.
    using Seen = std::function<void(const Requester&, std::string_view token, const TokenSource&)>;

    Authenticator(pg::Database& db, Options options, Seen seen);

    /// Throws Synapse's refusals: 401 M_MISSING_TOKEN, M_UNKNOWN_TOKEN, M_USER_LOCKED, 403
    /// M_GUEST_ACCESS_FORBIDDEN, M_FORBIDDEN.
    Requester authenticate(Waiter& waiter, const TokenSource& source, Demand demand);

private:
    Requester requester_of(Waiter& waiter, std::string_view token, Demand demand);
    Requester guest_of(Waiter& waiter, std::string_view token, Demand demand);

    pg::Database& db_;
    Options options_;
    Seen seen_;
};

}  // namespace aksono::auth
