// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "auth/token_source.h"
#include "http/message.h"

namespace aksono::client_api {

/// Where a request carries its access token.
auth::TokenSource token_source(const http::Request& request);

}  // namespace aksono::client_api
