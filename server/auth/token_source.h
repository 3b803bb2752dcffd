// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace aksono::auth {

/// Where a request may carry its access token, and who sent it.
struct TokenSource {
    std::vector<std::string> authorization;  ///< each Authorization header's value
    std::vector<std::string> query;          ///< each access_token of the query, decoded
    std::string ip;
    std::string user_agent;
};

/// The token of a request. Throws Synapse's refusals: 401 M_MISSING_TOKEN; and 400 M_INVALID_PARAM
/// for a token with bytes that no token has (there Synapse answers 500).
std::string_view token_of(const TokenSource& source);

}  // namespace aksono::auth
