// SPDX-License-Identifier: Apache-2.0
#include "client_api/account_data.h"

#include "base/matrix_error.h"
#include "storage/account_data_reader.h"

namespace aksono::client_api {

namespace {

using http::Call;
using http::Response;

std::string own_user(Call& call) {
    const std::string user = call.path("user_id");
    if (user != call.requester().user.str()) {
        throw MatrixError::forbidden("Cannot get account data for other users.");
    }
    return user;
}

Response global_datum(Call& call, pg::Database& database, const sync::SyncSources& sources) {
    const auto user = own_user(call);
    const auto& type = call.path("account_data_type");
    const auto content = database.fetch(
        call.waiter(), "account_data_get", [&](pg::Transaction& tx) -> std::optional<std::string> {
            if (type == "m.push_rules" && sources.push_rules) {
                return dump_json(sources.push_rules(tx, UserId::trusted(user)));
            }
            return storage::account_datum(tx, user, "", type);
        });
    if (!content) throw MatrixError::not_found("Account data not found");
    return Response::json_text(*content);
}

Response room_datum(Call& call, pg::Database& database) {
    const auto user = own_user(call);
    const auto& room = call.path("room_id");
    if (!room.starts_with('!')) throw MatrixError::invalid_param(room + " is not a valid room ID");
    const auto content =
        database.fetch(call.waiter(), "room_account_data_get", [&](pg::Transaction& tx) {
            return storage::account_datum(tx, user, room, call.path("account_data_type"));
        });
    if (!content) throw MatrixError::not_found("Room account data not found");
    return Response::json_text(*content);
}

}  // namespace

void add_account_data_read_endpoints(http::Endpoints& endpoints, pg::Database& database,
                                     sync::SyncSources sources) {
    endpoints.push_back({http::Method::get,
                         "/_matrix/client/*/user/{user_id}/account_data/{account_data_type}",
                         http::Access::user, [&database, sources = std::move(sources)](Call& call) {
                             return global_datum(call, database, sources);
                         }});
    endpoints.push_back(
        {http::Method::get,
         "/_matrix/client/*/user/{user_id}/rooms/{room_id}/account_data/{account_data_type}",
         http::Access::user, [&database](Call& call) { return room_datum(call, database); }});
}

}  // namespace aksono::client_api
