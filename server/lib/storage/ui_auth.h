// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "base/json.h"
#include "pg/transaction.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace aksono::storage {

/// One operation that a client proves itself for, stage by stage (ui_auth_sessions).
struct UiAuthSession {
    std::string id;
    Json client_dict = Json::object();  ///< the request's body without proofs and passwords
    Json server_dict = Json::object();  ///< what the server remembers
    std::string uri;                    ///< path and query
    std::string method;
    std::string description;
    std::map<std::string, Json> completed;  ///< stage type to its result
};

void insert_ui_auth_session(pg::Writer& tx, const UiAuthSession& session, Millis now);
std::optional<UiAuthSession> find_ui_auth_session(pg::Transaction& tx, std::string_view id);
void insert_ui_auth_address(pg::Writer& tx, std::string_view id, std::string_view ip,
                            std::string_view user_agent);
void set_ui_auth_client_dict(pg::Writer& tx, std::string_view id, const Json& value);
/// One key of the server's notes, under a lock on the session; nothing when it is not there.
std::optional<Json> ui_auth_server_value(pg::Transaction& tx, std::string_view id,
                                         const std::string& key);
void set_ui_auth_server_value(pg::Transaction& tx, std::string_view id, const std::string& key,
                              const Json& value);
void complete_ui_auth_stage(pg::Writer& tx, std::string_view id, std::string_view stage,
                            const Json& result);

}  // namespace aksono::storage
