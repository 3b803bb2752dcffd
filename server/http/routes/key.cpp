// SPDX-License-Identifier: Apache-2.0
#include "http/routes/tables.h"

namespace aksono::http {
namespace {

using enum Method;

constexpr Route kRoutes[] = {
    {post, "/_matrix/key/v2/query", "", ""},
    {get, "/_matrix/key/v2/query/{server}", "", ""},
    {get, "/_matrix/key/v2/query/{server}/{key_id}", "", ""},
    {get, "/_matrix/key/v2/server", "", ""},
    {get, "/_matrix/key/v2/server/{key_id}", "", ""},
};

}  // namespace

std::span<const Route> key_routes() {
    return kRoutes;
}

}  // namespace aksono::http
