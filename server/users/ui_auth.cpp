// SPDX-License-Identifier: Apache-2.0
#include "users/ui_auth.h"

#include "base/matrix_error.h"
#include "crypto/random.h"
#include "users/text.h"

namespace aksono::users {

namespace {

constexpr std::size_t kSessionIdLetters = 24;

const std::string* session_id_of(const Json& auth) {
    const auto* id = find_string(auth, "session");
    return id != nullptr && !id->empty() ? id : nullptr;
}

}  // namespace

storage::UiAuthSession UiAuth::open(pg::Transaction& tx, const UiAuthRequest& request) {
    if (const auto* id = session_id_of(request.auth)) {
        if (!storable(*id)) throw MatrixError::invalid_param("Bad parameter: session");
        auto session = storage::find_ui_auth_session(tx, *id);
        if (!session) throw MatrixError::unknown(400, "Unknown session ID: " + *id);
        check_same_operation(*session, request);
        if (!request.parameters.empty()) {
            storage::set_ui_auth_client_dict(tx, *id, request.parameters);
            session->client_dict = request.parameters;
        }
        return *std::move(session);
    }
    storage::UiAuthSession session;
    session.id = crypto::random_letters(kSessionIdLetters);
    session.client_dict = request.parameters;
    session.uri = request.uri;
    session.method = request.method;
    session.description = request.description;
    storage::insert_ui_auth_session(tx, session, now_ms());
    return session;
}

UiAuth::Outcome UiAuth::check(Waiter& waiter, const UiAuthRequest& request) {
    const auto* type = find_member(request.auth, "type");
    if (type != nullptr && !type->is_string()) {
        throw MatrixError::invalid_param("Bad parameter: type");
    }
    auto session = db_.write(waiter, "ui_auth_open", [&](pg::Transaction& tx) {
        auto opened = open(tx, request);
        storage::insert_ui_auth_address(tx, opened.id, request.ip,
                                        ascii_or_replacement(request.user_agent));
        return opened;
    });
    std::optional<StageRefusal> refusal;
    if (type != nullptr) {
        refusal = try_stage(waiter, request, type->get_ref<const std::string&>(), session);
    }
    if (is_complete(session, request.flows)) return UiAuthDone{std::move(session)};
    return UiAuthPending{session.id, pending_body(session, request, refusal)};
}

std::optional<StageRefusal> UiAuth::try_stage(Waiter& waiter, const UiAuthRequest& request,
                                              const std::string& stage,
                                              storage::UiAuthSession& session) {
    const bool by_token = stage == RegistrationTokens::kStage && is_offered(request.flows, stage);
    const StageResult result = by_token ? tokens_.prove(waiter, session, request.auth)
                                        : StageResult(prove_stage(stage, request.auth));
    if (!result) return result.error();
    db_.write(waiter, "ui_auth_complete", [&](pg::Transaction& tx) {
        storage::complete_ui_auth_stage(tx, session.id, stage, *result);
    });
    session.completed.insert_or_assign(stage, *result);
    return {};
}

std::optional<storage::UiAuthSession> UiAuth::session_of(Waiter& waiter, const Json& auth) {
    const auto* id = session_id_of(auth);
    if (id == nullptr || !storable(*id)) return {};
    return db_.fetch(waiter, "ui_auth_find",
                     [&](pg::Transaction& tx) { return storage::find_ui_auth_session(tx, *id); });
}

void UiAuth::remember(Waiter& waiter, const std::string& session_id, const std::string& key,
                      const Json& value) {
    db_.write(waiter, "ui_auth_remember", [&](pg::Transaction& tx) {
        storage::set_ui_auth_server_value(tx, session_id, key, value);
    });
}

}  // namespace aksono::users
