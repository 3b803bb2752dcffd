// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"

#include <array>
#include <string>
#include <string_view>

namespace aksono::crypto {

/// An ed25519 key of this server, made from what a signing key file holds.
class SigningKey {
public:
    /// `version` is what follows «ed25519:» in the key's id; `seed` has 32 bytes, decoded.
    static Result<SigningKey> from_seed(std::string version, std::string_view seed);

    [[nodiscard]] const std::string& version() const { return version_; }
    [[nodiscard]] std::string key_id() const { return "ed25519:" + version_; }
    [[nodiscard]] std::string public_key() const;                    ///< 32 bytes
    [[nodiscard]] std::string sign(std::string_view message) const;  ///< 64 bytes

private:
    SigningKey() = default;
    std::string version_;
    std::array<unsigned char, 32> public_{};
    std::array<unsigned char, 64> secret_{};
};

/// `public_key` and `signature` are raw bytes; wrong lengths are a wrong signature.
bool verify_signature(std::string_view public_key, std::string_view message,
                      std::string_view signature);

}  // namespace aksono::crypto
