// SPDX-License-Identifier: Apache-2.0
#include "http/routes/tables.h"

namespace aksono::http {
namespace {

using enum Method;

constexpr Route kRoutes[] = {
    {get, "/health", "", ""},
    {get, "/", "", ""},
    {get, "/_matrix/static", "", ""},
    {get, "/_matrix/static/", "", ""},
    {get, "/.well-known/matrix/client", "", ""},
    {get, "/.well-known/matrix/server", "", ""},
    {get, "/_synapse/metrics", "", "enable_metrics"},
    {get, "/_matrix/consent", "", "user_consent"},
    {post, "/_matrix/consent", "", "user_consent"},
    {get, "/_synapse/client/pick_idp", "", ""},
    {get, "/_synapse/client/pick_username/account_details", "", ""},
    {post, "/_synapse/client/pick_username/account_details", "", ""},
    {get, "/_synapse/client/pick_username/check", "", ""},
    {post, "/_synapse/client/pick_username/check", "", ""},
    {get, "/_synapse/client/new_user_consent", "", ""},
    {post, "/_synapse/client/new_user_consent", "", ""},
    {get, "/_synapse/client/sso_register", "", ""},
    {get, "/_synapse/client/unsubscribe", "", ""},
    {post, "/_synapse/client/unsubscribe", "", ""},
    {get, "/_synapse/client/password_reset/email/submit_token", "", "email"},
    {post, "/_synapse/client/password_reset/email/submit_token", "", "email"},
    {get, "/_synapse/client/oidc/callback", "", "oidc_providers"},
    {post, "/_synapse/client/oidc/backchannel_logout", "", "oidc_providers"},
    {get, "/_synapse/client/saml2/metadata.xml", "", "saml2_config"},
    {post, "/_synapse/client/saml2/metadata.xml", "", "saml2_config"},
    {get, "/_synapse/client/saml2/authn_response", "", "saml2_config"},
    {post, "/_synapse/client/saml2/authn_response", "", "saml2_config"},
    {get, "/_synapse/client/federation_whitelist", "", "federation_whitelist_endpoint_enabled"},
    {get, "/_synapse/client/rendezvous", "",
     "matrix_authentication_service and experimental_features.msc4108_enabled"},
    {post, "/_synapse/client/rendezvous", "",
     "matrix_authentication_service and experimental_features.msc4108_enabled"},
    {put, "/_synapse/client/rendezvous", "",
     "matrix_authentication_service and experimental_features.msc4108_enabled"},
    {delete_, "/_synapse/client/rendezvous", "",
     "matrix_authentication_service and experimental_features.msc4108_enabled"},
    {post, "/_synapse/mas/is_localpart_available", "", "matrix_authentication_service"},
    {get, "/_synapse/mas/is_localpart_available", "", "matrix_authentication_service"},
    {post, "/_synapse/mas/query_user", "", "matrix_authentication_service"},
    {get, "/_synapse/mas/query_user", "", "matrix_authentication_service"},
    {post, "/_synapse/mas/provision_user", "", "matrix_authentication_service"},
    {get, "/_synapse/mas/provision_user", "", "matrix_authentication_service"},
    {post, "/_synapse/mas/delete_user", "", "matrix_authentication_service"},
    {get, "/_synapse/mas/delete_user", "", "matrix_authentication_service"},
    {post, "/_synapse/mas/reactivate_user", "", "matrix_authentication_service"},
    {get, "/_synapse/mas/reactivate_user", "", "matrix_authentication_service"},
    {post, "/_synapse/mas/set_displayname", "", "matrix_authentication_service"},
    {get, "/_synapse/mas/set_displayname", "", "matrix_authentication_service"},
    {post, "/_synapse/mas/unset_displayname", "", "matrix_authentication_service"},
    {get, "/_synapse/mas/unset_displayname", "", "matrix_authentication_service"},
    {post, "/_synapse/mas/upsert_device", "", "matrix_authentication_service"},
    {get, "/_synapse/mas/upsert_device", "", "matrix_authentication_service"},
    {post, "/_synapse/mas/update_device_display_name", "", "matrix_authentication_service"},
    {get, "/_synapse/mas/update_device_display_name", "", "matrix_authentication_service"},
    {post, "/_synapse/mas/delete_device", "", "matrix_authentication_service"},
    {get, "/_synapse/mas/delete_device", "", "matrix_authentication_service"},
    {post, "/_synapse/mas/sync_devices", "", "matrix_authentication_service"},
    {get, "/_synapse/mas/sync_devices", "", "matrix_authentication_service"},
    {post, "/_synapse/mas/allow_cross_signing_reset", "", "matrix_authentication_service"},
    {get, "/_synapse/mas/allow_cross_signing_reset", "", "matrix_authentication_service"},
    {get, "/_synapse/client/media_upload_limit_exceeded", "", ""},
};

}  // namespace

std::span<const Route> web_routes() {
    return kRoutes;
}

}  // namespace aksono::http
