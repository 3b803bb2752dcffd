// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/endpoint.h"

#include <string>

namespace aksono::admin_api {

struct ServerVersionSettings {
    std::string emulated_version;  ///< of Synapse: «1.163.2»
    std::string aksono_version;    ///< «0.1.0»
};

/// GET /_synapse/admin/v1/server_version, for tools that look whether the server is new enough.
void add_server_version_endpoint(http::Endpoints& endpoints, const ServerVersionSettings& settings);

}  // namespace aksono::admin_api
