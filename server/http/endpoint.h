// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/call.h"
#include "http/message.h"

#include <functional>
#include <string_view>
#include <vector>

namespace aksono::http {

/// Who may call an endpoint. Checked before its handler runs.
enum class Access {
    open,        ///< no token looked at
    optional,    ///< a token is checked when there is one (guests' too)
    user,        ///< a token of a registered user
    guest,       ///< a token of a registered user or a guest
    locked,      ///< as user, and for a locked account or an expired token too (logging out)
    admin,       ///< a token of a server admin
    federation,  ///< a signed request of another server
};

/// What becomes of a request whose client has gone away.
enum class OnDisconnect {
    by_method,  ///< GET and HEAD are dropped, the others go on to their end
    drop,       ///< for a POST that only reads
    finish,
};

using Handler = std::function<Response(Call&)>;

/// One row of the route table as documentation of Synapse has it: a fact, whether built or not.
struct Route {
    Method method;
    std::string_view
        path;  ///< «/_matrix/client/*/rooms/{room_id}/state»; {any} is all that follows
    /// What * stands for: «api/v1 r0 unstable v3»; empty when there is no *
    std::string_view versions;
    /// The switch that makes it exist: names joined by « or » or « and »; empty = always
    std::string_view when;
};

/// A route that is built: names one Route by method and path. Data, but for `handle`.
struct Endpoint {
    Method method;
    std::string_view path;
    Access access;
    Handler handle;
    OnDisconnect on_disconnect = OnDisconnect::by_method;
};

/// What each *_api group hands to the router.
using Endpoints = std::vector<Endpoint>;

}  // namespace aksono::http
