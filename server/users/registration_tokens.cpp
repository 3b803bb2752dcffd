// SPDX-License-Identifier: Apache-2.0
#include "users/registration_tokens.h"

#include "storage/registration_tokens.h"
#include "users/text.h"

namespace aksono::users {

bool RegistrationTokens::valid(Waiter& waiter, const std::string& token) {
    if (!storable(token)) return false;
    return db_.fetch(waiter, "registration_token_valid", [&](pg::Transaction& tx) {
        return storage::is_registration_token_valid(tx, token, now_ms());
    });
}

StageResult RegistrationTokens::prove(Waiter& waiter, const storage::UiAuthSession& session,
                                      const Json& auth) {
    const auto* given = find_member(auth, "token");
    if (given == nullptr) {
        return failure(StageRefusal{"M_MISSING_PARAM", "Missing registration token"});
    }
    if (!given->is_string()) {
        return failure(StageRefusal{"M_INVALID_PARAM", "Registration token must be a string"});
    }
    if (const auto* id = find_string(auth, "session"); id == nullptr || id->empty()) {
        return failure(StageRefusal{"M_MISSING_PARAM", "Missing UIA session"});
    }
    return db_.write(waiter, "registration_token_assign", [&](pg::Transaction& tx) {
        return assign(tx, session.id, given->get_ref<const std::string&>());
    });
}

StageResult RegistrationTokens::assign(pg::Transaction& tx, const std::string& session_id,
                                       const std::string& token) {
    const auto noted = storage::ui_auth_server_value(tx, session_id, kStage);
    if (noted && noted->is_string()) {
        if (*noted == token) return *noted;
        return failure(StageRefusal{"M_INVALID_PARAM", "Registration token has changed"});
    }
    if (!storable(token) || !storage::take_registration_token(tx, token, now_ms())) {
        return failure(StageRefusal{"M_UNAUTHORIZED", "Invalid registration token"});
    }
    storage::set_ui_auth_server_value(tx, session_id, kStage, token);
    return Json(token);
}

void RegistrationTokens::complete(Waiter& waiter, const storage::UiAuthSession& session) {
    const auto proof = session.completed.find(kStage);
    if (proof == session.completed.end() || !proof->second.is_string()) return;
    db_.write(waiter, "registration_token_complete", [&](pg::Transaction& tx) {
        storage::complete_registration_token(tx, proof->second.get_ref<const std::string&>());
        // So that nothing counts it again.
        storage::complete_ui_auth_stage(tx, session.id, kStage, true);
    });
}

}  // namespace aksono::users
