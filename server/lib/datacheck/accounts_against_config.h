// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "datacheck/session.h"
#include "synschema/finding.h"

#include <set>

namespace aksono::datacheck {

/// What the configuration says about who may log in.
struct ConfiguredAccounts {
    std::set<std::string> auth_providers;  ///< as in user_external_ids: "oidc-github", "saml"…
    std::set<std::string> appservices;     ///< ids
    bool passwords = true;                 ///< password_config allows them
    bool modules = false;  ///< modules, or Matrix Authentication Service, may add providers
};

/// Users who cannot log in any more as the server is configured, and queues for application
/// services that are gone.
synschema::Findings check_accounts(Session& session, const ConfiguredAccounts& configured);

}  // namespace aksono::datacheck
