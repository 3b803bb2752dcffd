// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "auth/authenticator.h"
#include "http/endpoint.h"
#include "users/account_limits.h"
#include "users/filters.h"
#include "users/logins.h"
#include "users/logouts.h"
#include "users/passwords.h"
#include "users/profiles.h"
#include "users/registration.h"
#include "users/sessions.h"
#include "users/ui_auth.h"

#include <string>
#include <vector>

namespace aksono::client_api {

struct LoginDeps {
    std::string server_name;
    Json well_known;  ///< what goes into answers of /login; null = nothing
    bool login_via_existing_session = false;
    users::Logins& logins;
    users::Sessions& sessions;
    users::Passwords& passwords;
    users::AccountLimits& limits;
    auth::Authenticator& authenticator;
};

/// GET and POST /login.
/// https://spec.matrix.org/latest/client-server-api/#login
void add_login_endpoints(http::Endpoints& endpoints, LoginDeps deps);

struct RegisterDeps {
    std::vector<users::UiAuthFlow> flows;  ///< see registration_flows()
    users::Registration& registration;
    users::Sessions& sessions;
    users::Passwords& passwords;
    users::UiAuth& ui_auth;
    users::AccountLimits& limits;
};

/// POST /register, GET /register/available and …/m.login.registration_token/validity.
/// https://spec.matrix.org/latest/client-server-api/#account-registration-and-management
void add_register_endpoints(http::Endpoints& endpoints, RegisterDeps deps);

/// The ways to register that a configuration leaves open.
std::vector<users::UiAuthFlow> registration_flows(const config::Config& config);

/// POST /logout and /logout/all.
void add_logout_endpoints(http::Endpoints& endpoints, users::Logouts& logouts);

/// POST /refresh (only where refresh tokens are enabled), and what is left of /tokenrefresh.
void add_refresh_endpoints(http::Endpoints& endpoints, users::Sessions& sessions);

/// GET /account/whoami.
void add_whoami_endpoints(http::Endpoints& endpoints);

/// GET /capabilities.
void add_capabilities_endpoints(http::Endpoints& endpoints, const config::Config& config);

/// GET /password_policy.
void add_password_policy_endpoints(http::Endpoints& endpoints, const config::Config& config);

/// POST /user/{user_id}/filter and GET of one.
void add_filter_endpoints(http::Endpoints& endpoints, users::Filters& filters,
                          const std::string& server_name);

struct ProfileDeps {
    users::Profiles& profiles;
    bool require_auth = false;          ///< require_auth_for_profile_requests
    bool only_who_share_rooms = false;  ///< limit_profile_requests_to_users_who_share_rooms
};

/// GET /profile/{user_id} and one field of it.
void add_profile_endpoints(http::Endpoints& endpoints, ProfileDeps deps);

}  // namespace aksono::client_api
