// SPDX-License-Identifier: Apache-2.0
#include "users/ui_auth_rules.h"

#include "base/matrix_error.h"

#include <algorithm>

namespace aksono::users {

Json prove_stage(const std::string& stage, const Json& auth) {
    if (stage == "m.login.dummy" || stage == "m.login.terms") return true;
    if (stage == "m.login.password" && find_string(auth, "password") == nullptr) {
        throw MatrixError::invalid_param("Bad parameter: password");
    }
    throw MatrixError::invalid_param("Invalid login submission");
}

void check_same_operation(const storage::UiAuthSession& session, const UiAuthRequest& request) {
    const bool other_parameters = !request.may_change && !request.parameters.empty() &&
                                  session.client_dict != request.parameters;
    if (session.uri != request.uri || session.method != request.method || other_parameters) {
        throw MatrixError::unknown(
            403, "Requested operation has changed during the UI authentication session.");
    }
}

bool is_complete(const storage::UiAuthSession& session, const std::vector<UiAuthFlow>& flows) {
    const auto done = [&](const std::string& stage) { return session.completed.contains(stage); };
    return std::any_of(flows.begin(), flows.end(), [&](const UiAuthFlow& flow) {
        return std::all_of(flow.begin(), flow.end(), done);
    });
}

bool is_offered(const std::vector<UiAuthFlow>& flows, const std::string& stage) {
    return std::any_of(flows.begin(), flows.end(), [&](const UiAuthFlow& flow) {
        return std::find(flow.begin(), flow.end(), stage) != flow.end();
    });
}

Json pending_body(const storage::UiAuthSession& session, const UiAuthRequest& request,
                  const std::optional<StageRefusal>& refusal) {
    Json flows = Json::array();
    for (const auto& flow : request.flows)
        flows.push_back({{"stages", flow}});
    Json body{{"session", session.id}, {"flows", std::move(flows)}, {"params", Json::object()}};
    if (request.auth.is_object() && !request.auth.empty()) {
        auto& completed = body["completed"] = Json::array();
        for (const auto& [stage, result] : session.completed)
            completed.push_back(stage);
    }
    if (refusal) {
        body["error"] = refusal->text;
        body["errcode"] = refusal->errcode;
    }
    return body;
}

}  // namespace aksono::users
