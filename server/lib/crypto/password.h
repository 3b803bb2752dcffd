// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace aksono::crypto {

/// bcrypt as Synapse uses it: the password in Unicode form NFKC, then the pepper, of both together
/// the first 72 bytes. Slow on purpose (a quarter of a second at 12 rounds): run it on a worker
/// pool.
///
/// A password with U+0000 in it cannot be hashed: hash_password throws std::invalid_argument,
/// check_password answers false.
std::string hash_password(std::string_view password, std::string_view pepper, int rounds);

/// False for a hash that is no bcrypt hash.
bool check_password(std::string_view password, std::string_view pepper, const std::string& hash);

}  // namespace aksono::crypto
