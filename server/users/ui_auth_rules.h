// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "storage/ui_auth.h"

#include <optional>
#include <string>
#include <vector>

namespace aksono::users {

/// A way to prove oneself: its stages, all of which must be completed.
using UiAuthFlow = std::vector<std::string>;

/// Why a stage is not proven; the client may try again.
struct StageRefusal {
    std::string errcode;
    std::string text;
};
/// What is kept of a stage that is proven.
using StageResult = Result<Json, StageRefusal>;

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

/// The body of the 401 answer that says what is still to be proven, and what was wrong with the
/// stage that was tried.
Json pending_body(const storage::UiAuthSession& session, const UiAuthRequest& request,
                  const std::optional<StageRefusal>& refusal = {});

/// Whether the stage is part of a flow.
bool is_offered(const std::vector<UiAuthFlow>& flows, const std::string& stage);

}  // namespace aksono::users
