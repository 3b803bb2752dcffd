// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace aksono::crypto {

std::string hmac_sha1(std::string_view key, std::string_view message);    // 20 bytes
std::string hmac_sha256(std::string_view key, std::string_view message);  // 32 bytes

/// Compares in a time that depends on the lengths alone.
bool equal_secrets(std::string_view left, std::string_view right);

std::string lower_hex(std::string_view bytes);

}  // namespace aksono::crypto
