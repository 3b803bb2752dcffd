// SPDX-License-Identifier: Apache-2.0
#include "users/ui_auth.h"

#include "base/matrix_error.h"
#include "crypto/random.h"
#include "users/text.h"

#include <algorithm>

namespace aksono::users {

namespace {

constexpr std::size_t kSessionIdLetters = 24;

const std::string* session_id_of(const Json& auth) {
    const auto* id = find_string(auth, "session");
    return id != nullptr && !id->empty() ? id : nullptr;
}

/// Proves one stage and answers its result. Stages without anything to prove are the only ones that
/// are built.
Json prove(const std::string& stage, const Json& auth) {
    if (stage == "m.login.dummy" || stage == "m.login.terms") return true;
    if (stage == "m.login.password" && find_string(auth, "password") == nullptr) {
        throw MatrixError::invalid_param("Bad parameter: password");
    }
    throw MatrixError::invalid_param("Invalid login submission");
}

void check_same_operation(const storage::UiAuthSession& session, const UiAuthRequest& request) {
    if (session.uri != request.uri || session.method != request.method) {
        throw MatrixError::unknown(
            403, "Requested operation has changed during the UI authentication session.");
    }
    if (!request.may_change && !request.parameters.empty() &&
        session.client_dict != request.parameters) {
        throw MatrixError::unknown(
            403, "Requested operation has changed during the UI authentication session.");
    }
}

bool complete(const storage::UiAuthSession& session, const std::vector<UiAuthFlow>& flows) {
    const auto done = [&](const std::string& stage) { return session.completed.contains(stage); };
    return std::any_of(flows.begin(), flows.end(), [&](const UiAuthFlow& flow) {
        return std::all_of(flow.begin(), flow.end(), done);
    });
}

UiAuthPending pending(const storage::UiAuthSession& session, const UiAuthRequest& request) {
    Json flows = Json::array();
    for (const auto& flow : request.flows)
        flows.push_back({{"stages", flow}});
    Json body{{"session", session.id}, {"flows", std::move(flows)}, {"params", Json::object()}};
    if (request.auth.is_object() && !request.auth.empty()) {
        auto& completed = body["completed"] = Json::array();
        for (const auto& [stage, result] : session.completed)
            completed.push_back(stage);
    }
    return {session.id, std::move(body)};
}

}  // namespace

storage::UiAuthSession UiAuth::open(pg::Transaction& tx, const UiAuthRequest& request) {
    if (const auto* id = session_id_of(request.auth)) {
        auto session = storable(*id) ? storage::find_ui_auth_session(tx, *id) : std::nullopt;
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
    if (type != nullptr) {
        const auto& stage = type->get_ref<const std::string&>();
        const auto result = prove(stage, request.auth);
        db_.write(waiter, "ui_auth_complete", [&](pg::Transaction& tx) {
            storage::complete_ui_auth_stage(tx, session.id, stage, result);
        });
        session.completed.insert_or_assign(stage, result);
    }
    if (complete(session, request.flows)) return UiAuthDone{std::move(session)};
    return pending(session, request);
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
