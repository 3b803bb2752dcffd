// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace aksono::users {

/// Tokens as Synapse makes them: a prefix, the localpart in unpadded base64 (not in login tokens),
/// twenty random letters, and a checksum of all that in base 62, so that leaked ones can be
/// recognised.
std::string make_access_token(std::string_view localpart);   // syt_
std::string make_refresh_token(std::string_view localpart);  // syr_
std::string make_login_token();                              // syl_

/// Whether a refresh token has the right shape and checksum.
bool is_refresh_token(std::string_view token);

/// The checksum that stands at a token's end, for the text before the last underscore.
std::string token_checksum(std::string_view text);

}  // namespace aksono::users
