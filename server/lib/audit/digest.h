// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace aksono::audit {

std::string sha256(std::string_view bytes);  // 32 bytes

std::string base64(std::string_view bytes);           // without padding
std::string base64_url_safe(std::string_view bytes);  // without padding
/// Either alphabet, with or without padding.
std::optional<std::string> from_base64(std::string_view text);

/// `signature` and `public_key` raw: 64 and 32 bytes.
bool ed25519_verify(std::string_view message, std::string_view signature,
                    std::string_view public_key);
/// The public key of a seed; both have 32 bytes.
std::optional<std::string> ed25519_public_key(std::string_view seed);

}  // namespace aksono::audit
