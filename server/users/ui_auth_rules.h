// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"
#include "storage/ui_auth.h"

#include <string>
#include <vector>

namespace aksono::users {

/// A way to prove oneself: its stages, all of which must be completed.
using UiAuthFlow = std::vector<std::string>;

/// A request that needs proof.
struct UiAuthRequest {
    std::string method;
    std::string uri;  ///< path and query, as asked
    std::string ip;
    std::string user_agent;
    std::string description;  ///< what is to be done, in words
    Json auth;                ///< the body's `auth`; null when there is none
    Json parameters;          ///< the body without `auth` and without passwords
    std::vector<UiAuthFlow> flows;
    /// Whether the parameters may change from one request to the next.
    bool may_change = false;
};

/// Proves one stage and answers its result. Throws 400 M_INVALID_PARAM for a stage that is unknown
/// or not in use; stages without anything to prove are the only ones that are built.
Json prove_stage(const std::string& stage, const Json& auth);

/// Throws 403 M_UNKNOWN when the request is not the one that the session was made for.
void check_same_operation(const storage::UiAuthSession& session, const UiAuthRequest& request);

bool is_complete(const storage::UiAuthSession& session, const std::vector<UiAuthFlow>& flows);

/// The body of the 401 answer that says what is still to be proven.
Json pending_body(const storage::UiAuthSession& session, const UiAuthRequest& request);

}  // namespace aksono::users
