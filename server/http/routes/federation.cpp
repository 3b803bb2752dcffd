// SPDX-License-Identifier: Apache-2.0
#include "http/routes/tables.h"

namespace aksono::http {
namespace {

using enum Method;

constexpr Route kRoutes[] = {
    {post, "/_matrix/federation/unstable/org.matrix.msc3720/query/account_status", "",
     "experimental_features.msc3720_enabled"},
    {get, "/_matrix/federation/unstable/org.matrix.msc4370/extremities/{room_id}", "",
     "experimental_features.msc4370_enabled"},
    {get, "/_matrix/federation/unstable/rooms/{room_id}/complexity", "", ""},
    {post, "/_matrix/federation/v1/3pid/onbind", "", ""},
    {get, "/_matrix/federation/v1/backfill/{room_id}", "", ""},
    {get, "/_matrix/federation/v1/backfill/{room_id}/", "", ""},
    {get, "/_matrix/federation/v1/event/{event_id}", "", ""},
    {get, "/_matrix/federation/v1/event/{event_id}/", "", ""},
    {get, "/_matrix/federation/v1/event_auth/{room_id}/{event_id}", "", ""},
    {put, "/_matrix/federation/v1/exchange_third_party_invite/{room_id}", "", ""},
    {post, "/_matrix/federation/v1/get_missing_events/{room_id}", "", ""},
    {get, "/_matrix/federation/v1/hierarchy/{room_id}", "", ""},
    {put, "/_matrix/federation/v1/invite/{room_id}/{event_id}", "", ""},
    {get, "/_matrix/federation/v1/make_join/{room_id}/{user_id}", "", ""},
    {get, "/_matrix/federation/v1/make_knock/{room_id}/{user_id}", "", ""},
    {get, "/_matrix/federation/v1/make_leave/{room_id}/{user_id}", "", ""},
    {get, "/_matrix/federation/v1/media/download/{media_id}", "", ""},
    {get, "/_matrix/federation/v1/media/thumbnail/{media_id}", "", ""},
    {get, "/_matrix/federation/v1/openid/userinfo", "", ""},
    {get, "/_matrix/federation/v1/publicRooms", "", ""},
    {post, "/_matrix/federation/v1/publicRooms", "", ""},
    {get, "/_matrix/federation/v1/query/{query_type}", "", ""},
    {put, "/_matrix/federation/v1/send/{transaction_id}", "", ""},
    {put, "/_matrix/federation/v1/send/{transaction_id}/", "", ""},
    {put, "/_matrix/federation/v1/send_join/{room_id}/{event_id}", "", ""},
    {put, "/_matrix/federation/v1/send_knock/{room_id}/{event_id}", "", ""},
    {put, "/_matrix/federation/v1/send_leave/{room_id}/{event_id}", "", ""},
    {get, "/_matrix/federation/v1/state/{room_id}", "", ""},
    {get, "/_matrix/federation/v1/state/{room_id}/", "", ""},
    {get, "/_matrix/federation/v1/state_ids/{room_id}", "", ""},
    {get, "/_matrix/federation/v1/state_ids/{room_id}/", "", ""},
    {get, "/_matrix/federation/v1/timestamp_to_event/{room_id}", "", ""},
    {get, "/_matrix/federation/v1/timestamp_to_event/{room_id}/", "", ""},
    {get, "/_matrix/federation/v1/user/devices/{user_id}", "", ""},
    {post, "/_matrix/federation/v1/user/keys/claim", "", ""},
    {post, "/_matrix/federation/v1/user/keys/query", "", ""},
    {get, "/_matrix/federation/v1/version", "", ""},
    {put, "/_matrix/federation/v2/invite/{room_id}/{event_id}", "", ""},
    {put, "/_matrix/federation/v2/send_join/{room_id}/{event_id}", "", ""},
    {put, "/_matrix/federation/v2/send_leave/{room_id}/{event_id}", "", ""},
};

}  // namespace

std::span<const Route> federation_routes() {
    return kRoutes;
}

}  // namespace aksono::http
