// SPDX-License-Identifier: Apache-2.0
#include "crypto/signing_key.h"

#include <sodium.h>

namespace aksono::crypto {

static_assert(crypto_sign_PUBLICKEYBYTES == 32 && crypto_sign_SECRETKEYBYTES == 64);

namespace {
const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
}  // namespace

Result<SigningKey> SigningKey::from_seed(std::string version, std::string_view seed) {
    if (seed.size() != crypto_sign_SEEDBYTES) {
        return failure(std::string("an ed25519 seed has 32 bytes"));
    }
    if (sodium_init() < 0) return failure(std::string("libsodium does not start"));
    SigningKey key;
    key.version_ = std::move(version);
    crypto_sign_seed_keypair(key.public_.data(), key.secret_.data(), bytes_of(seed));
    return key;
}

std::string SigningKey::public_key() const {
    return {public_.begin(), public_.end()};
}

std::string SigningKey::sign(std::string_view message) const {
    std::array<unsigned char, crypto_sign_BYTES> signature{};
    crypto_sign_detached(signature.data(), nullptr, bytes_of(message), message.size(),
                         secret_.data());
    return {signature.begin(), signature.end()};
}

bool verify_signature(std::string_view public_key, std::string_view message,
                      std::string_view signature) {
    return public_key.size() == crypto_sign_PUBLICKEYBYTES &&
           signature.size() == crypto_sign_BYTES &&
           crypto_sign_verify_detached(bytes_of(signature), bytes_of(message), message.size(),
                                       bytes_of(public_key)) == 0;
}

}  // namespace aksono::crypto
