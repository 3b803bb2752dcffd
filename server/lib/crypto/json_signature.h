// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"
#include "crypto/signing_key.h"

#include <string_view>

namespace aksono::crypto {

/// The bytes that a signature of `object` covers: canonical, without `signatures` and `unsigned`.
/// https://spec.matrix.org/latest/appendices/#signing-details
std::string signed_bytes(const Json& object);

/// Adds `server`'s signature to `object`, beside any it has.
void sign_json(Json& object, std::string_view server, const SigningKey& key);

/// Whether `object` carries a valid signature of `server` by the key named `key_id` («ed25519:1»).
bool verify_json(const Json& object, std::string_view server, std::string_view key_id,
                 std::string_view public_key);

}  // namespace aksono::crypto
