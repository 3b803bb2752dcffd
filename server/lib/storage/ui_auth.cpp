// SPDX-License-Identifier: Apache-2.0
#include "storage/ui_auth.h"

namespace aksono::storage {

namespace {

constexpr pg::Statement kInsert{
    "ui_auth_insert",
    "INSERT INTO ui_auth_sessions"
    " (session_id, creation_time, serverdict, clientdict, uri, method, description)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7)"};

constexpr pg::Statement kFind{
    "ui_auth_find",
    "SELECT session_id, clientdict, serverdict, uri, method, description FROM ui_auth_sessions"
    " WHERE session_id = $1"};

constexpr pg::Statement kCompleted{
    "ui_auth_completed",
    "SELECT stage_type, result FROM ui_auth_sessions_credentials WHERE session_id = $1"};

constexpr pg::Statement kAddress{
    "ui_auth_insert_address",
    "INSERT INTO ui_auth_sessions_ips (session_id, ip, user_agent) VALUES ($1, $2, $3)"
    " ON CONFLICT DO NOTHING"};

constexpr pg::Statement kSetClientDict{
    "ui_auth_set_client_dict", "UPDATE ui_auth_sessions SET clientdict = $2 WHERE session_id = $1"};

constexpr pg::Statement kServerDict{
    "ui_auth_server_dict",
    "SELECT serverdict FROM ui_auth_sessions WHERE session_id = $1 FOR UPDATE"};

constexpr pg::Statement kSetServerDict{
    "ui_auth_set_server_dict", "UPDATE ui_auth_sessions SET serverdict = $2 WHERE session_id = $1"};

constexpr pg::Statement kComplete{
    "ui_auth_complete",
    "INSERT INTO ui_auth_sessions_credentials (session_id, stage_type, result)"
    " VALUES ($1, $2, $3) ON CONFLICT (session_id, stage_type) DO UPDATE SET result = $3"};

/// Escaped to ASCII, so that U+0000 in a request can be stored.
std::string ascii_json(const Json& value) {
    return value.dump(-1, ' ', true);
}

Json json_of(const std::string& text) {
    return parse_json(text).value_or(Json::object());
}

}  // namespace

void insert_ui_auth_session(pg::Writer& tx, const UiAuthSession& session, Millis now) {
    tx.write(kInsert, session.id, now, ascii_json(session.server_dict),
             ascii_json(session.client_dict), session.uri, session.method, session.description);
}

std::optional<UiAuthSession> find_ui_auth_session(pg::Transaction& tx, std::string_view id) {
    const auto rows = tx.query(kFind, id);
    if (rows.empty()) return {};
    const auto row = rows[0];
    UiAuthSession session;
    session.id = row.text(0);
    session.client_dict = json_of(row.text(1));
    session.server_dict = json_of(row.text(2));
    session.uri = row.text(3);
    session.method = row.text(4);
    session.description = row.text(5);
    for (const auto& stage : tx.query(kCompleted, id)) {
        session.completed.emplace(stage.text(0), json_of(stage.text(1)));
    }
    return session;
}

void insert_ui_auth_address(pg::Writer& tx, std::string_view id, std::string_view ip,
                            std::string_view user_agent) {
    tx.write(kAddress, id, ip, user_agent);
}

void set_ui_auth_client_dict(pg::Writer& tx, std::string_view id, const Json& value) {
    tx.write(kSetClientDict, id, ascii_json(value));
}

std::optional<Json> ui_auth_server_value(pg::Transaction& tx, std::string_view id,
                                         const std::string& key) {
    const auto rows = tx.query(kServerDict, id);
    if (rows.empty()) return {};
    const auto dict = json_of(rows[0].text(0));
    const auto* value = find_member(dict, key);
    if (value == nullptr) return {};
    return *value;
}

void set_ui_auth_server_value(pg::Transaction& tx, std::string_view id, const std::string& key,
                              const Json& value) {
    const auto rows = tx.query(kServerDict, id);
    if (rows.empty()) return;
    auto dict = json_of(rows[0].text(0));
    dict[key] = value;
    tx.write(kSetServerDict, id, ascii_json(dict));
}

void complete_ui_auth_stage(pg::Writer& tx, std::string_view id, std::string_view stage,
                            const Json& result) {
    tx.write(kComplete, id, stage, ascii_json(result));
}

}  // namespace aksono::storage
