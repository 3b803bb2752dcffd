// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/endpoint.h"
#include "users/passwords.h"
#include "users/registration.h"
#include "users/sessions.h"

namespace aksono::admin_api {

struct RegisterDeps {
    users::Registration& registration;
    users::Sessions& sessions;
    users::Passwords& passwords;
};

/// GET and POST /_synapse/admin/v1/register: accounts for whoever knows registration_shared_secret.
void add_register_endpoints(http::Endpoints& endpoints, RegisterDeps deps);

}  // namespace aksono::admin_api
