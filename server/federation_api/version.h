// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/endpoint.h"

#include <string>

namespace aksono::federation_api {

/// GET /_matrix/federation/v1/version
/// https://spec.matrix.org/latest/server-server-api/#get_matrixfederationv1version
void add_version_endpoint(http::Endpoints& endpoints, const std::string& aksono_version);

}  // namespace aksono::federation_api
