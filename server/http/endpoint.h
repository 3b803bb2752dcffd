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
    user,        ///< a token of a registered user
    guest,       ///< a token of a registered user or a guest
    locked,      ///< a token of a registered user, even of a locked one (logging out)
    admin,       ///< a token of a server admin
    federation,  ///< a signed request of another server
};

using Handler = std::function<Response(Call&)>;

/// One row of the route table as documentation of Synapse has it: a fact, whether built or not.
struct Route {
    Method method;
    std::string_view path;  ///< «/_matrix/client/*/rooms/{room_id}/state»
    std::string_view
        versions;  ///< what * stands for: «api/v1 r0 unstable v3»; empty when there is no *
    std::string_view when;  ///< the switch that makes it exist; empty = always
};

/// A route that is built: names one Route by method and path. Data, but for `handle`.
struct Endpoint {
    Method method;
    std::string_view path;
    Access access;
    Handler handle;
};

/// What each *_api group hands to the router.
using Endpoints = std::vector<Endpoint>;

}  // namespace aksono::http
