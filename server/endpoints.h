// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/router.h"
#include "services.h"

namespace aksono {

/// All endpoints that are built, group by group.
http::Endpoints make_endpoints(Services& services, const config::Config& config);

/// Which optional rows of the route table the configuration switches on.
http::Switches route_switches(const config::Config& config);

}  // namespace aksono
