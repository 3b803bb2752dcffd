// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"
#include "base/waiter.h"
#include "pg/database.h"
#include "storage/ui_auth.h"
#include "users/registration_tokens.h"
#include "users/ui_auth_rules.h"

#include <optional>
#include <string>
#include <variant>

namespace aksono::users {

/// What is still to be proven: the body of a 401 answer.
struct UiAuthPending {
    std::string session_id;
    Json body;
};

/// A flow is complete.
struct UiAuthDone {
    storage::UiAuthSession session;
};

/// User-interactive authentication, its sessions kept in the database.
/// https://spec.matrix.org/latest/client-server-api/#user-interactive-authentication-api
class UiAuth {
public:
    explicit UiAuth(pg::Database& db) : db_(db), tokens_(db) {}

    using Outcome = std::variant<UiAuthPending, UiAuthDone>;

    /// Throws for a session that is unknown or was made for something else, and for a stage that is
    /// unknown or not in use.
    Outcome check(Waiter& waiter, const UiAuthRequest& request);

    /// The session of a request, as it stands; nothing when none is named or it is unknown.
    std::optional<storage::UiAuthSession> session_of(Waiter& waiter, const Json& auth);

    /// How registration tokens are counted.
    RegistrationTokens& tokens() { return tokens_; }

    void remember(Waiter& waiter, const std::string& session_id, const std::string& key,
                  const Json& value);

private:
    storage::UiAuthSession open(pg::Transaction& tx, const UiAuthRequest& request);
    /// Notes the stage as completed, or says why it is not.
    std::optional<StageRefusal> try_stage(Waiter& waiter, const UiAuthRequest& request,
                                          const std::string& stage,
                                          storage::UiAuthSession& session);

    pg::Database& db_;
    RegistrationTokens tokens_;
};

}  // namespace aksono::users
