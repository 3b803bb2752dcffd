// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "config/section.h"

#include <string>
#include <vector>

namespace aksono::config {

/// A key that signs events and requests: «ed25519 a_test BASE64SEED» in a signing key file.
struct SigningKey {
    std::string algorithm;  ///< ed25519
    std::string version;    ///< «a_test»; the key id is «ed25519:a_test»
    std::string seed;       ///< 32 bytes

    [[nodiscard]] std::string id() const { return algorithm + ":" + version; }
};

/// A public key that signed until `expired_ts` and is still published.
struct OldSigningKey {
    std::string id;
    std::string public_key;  ///< 32 bytes
    Millis expired_ts = 0;
};

/// One key per line; blank lines are passed over. The failure says which line is wrong and why.
Result<std::vector<SigningKey>> parse_signing_keys(std::string_view text);

/// A new key as one line of a signing key file, without the line end.
std::string format_signing_key(const SigningKey& key);

/// `signing_key_path`, or `signing_key` in the configuration itself. Never empty.
std::vector<SigningKey> read_signing_keys(const Section& root);
/// Where the keys are read from: `signing_key_path`, else SERVER_NAME.signing.key beside the last
/// configuration file; empty when `signing_key` is given in the configuration.
std::string signing_key_path(const Section& root);
std::vector<OldSigningKey> read_old_signing_keys(const Section& root);

}  // namespace aksono::config
