// SPDX-License-Identifier: Apache-2.0
#include "http/routes/tables.h"

namespace aksono::http {
namespace {

using enum Method;

constexpr Route kRoutes[] = {
    {get, "/_matrix/media/*/config", "r0 v1 v3", ""},
    {post, "/_matrix/media/*/create", "v1", ""},
    {get, "/_matrix/media/*/download/{server_name}/{media_id}", "r0 v1 v3", ""},
    {get, "/_matrix/media/*/download/{server_name}/{media_id}/{file_name}", "r0 v1 v3", ""},
    {get, "/_matrix/media/*/preview_url", "r0 v1 v3", ""},
    {get, "/_matrix/media/*/thumbnail/{server_name}/{media_id}", "r0 v1 v3", ""},
    {post, "/_matrix/media/*/upload", "r0 v1 v3", ""},
    {put, "/_matrix/media/*/upload/{server_name}/{media_id}", "v3", ""},
};

}  // namespace

std::span<const Route> media_routes() {
    return kRoutes;
}

}  // namespace aksono::http
