// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/waiter.h"
#include "pg/database.h"
#include "storage/ui_auth.h"
#include "users/ui_auth_rules.h"

#include <string>

namespace aksono::users {

/// Tokens that an admin gives out, one of which a new user must know
/// (registration_requires_token).
/// https://spec.matrix.org/latest/client-server-api/#token-authenticated-registration
class RegistrationTokens {
public:
    static constexpr const char* kStage = "m.login.registration_token";

    explicit RegistrationTokens(pg::Database& db) : db_(db) {}

    bool valid(Waiter& waiter, const std::string& token);

    /// Proves the stage: the token, which now counts as pending for this session. A session keeps
    /// the first one that it was good for.
    StageResult prove(Waiter& waiter, const storage::UiAuthSession& session, const Json& auth);

    /// The session has made its user: its token counts as used.
    void complete(Waiter& waiter, const storage::UiAuthSession& session);

private:
    StageResult assign(pg::Transaction& tx, const std::string& session_id,
                       const std::string& token);

    pg::Database& db_;
};

}  // namespace aksono::users
