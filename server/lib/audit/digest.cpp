// SPDX-License-Identifier: Apache-2.0
#include "audit/digest.h"

#include <memory>

#include <openssl/evp.h>
#include <openssl/sha.h>

namespace aksono::audit {

namespace {

const unsigned char* octets(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

}  // namespace

std::string sha256(std::string_view bytes) {
    std::string digest(SHA256_DIGEST_LENGTH, '\0');
    SHA256(octets(bytes), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()));
    return digest;
}

std::string base64(std::string_view bytes) {
    std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), octets(bytes),
                                       static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(length));
    while (text.ends_with('='))
        text.pop_back();
    return text;
}

std::string base64_url_safe(std::string_view bytes) {
    std::string text = base64(bytes);
    for (char& letter : text) {
        if (letter == '+') letter = '-';
        if (letter == '/') letter = '_';
    }
    return text;
}

std::optional<std::string> from_base64(std::string_view given) {
    std::string text(given);
    for (char& letter : text) {
        if (letter == '-') letter = '+';
        if (letter == '_') letter = '/';
    }
    while (text.ends_with('='))
        text.pop_back();
    const std::size_t bytes = text.size() * 3 / 4;
    text.append((4 - text.size() % 4) % 4, '=');
    std::string decoded(text.size() / 4 * 3 + 1, '\0');
    const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(decoded.data()),
                                       octets(text), static_cast<int>(text.size()));
    if (length < 0) return std::nullopt;
    decoded.resize(bytes);
    return decoded;
}

bool ed25519_verify(std::string_view message, std::string_view signature,
                    std::string_view public_key) {
    const std::unique_ptr<EVP_PKEY, Free> key(EVP_PKEY_new_raw_public_key(
        EVP_PKEY_ED25519, nullptr, octets(public_key), public_key.size()));
    const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
    if (!key || !context) return false;
    if (EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1)
        return false;
    return EVP_DigestVerify(context.get(), octets(signature), signature.size(), octets(message),
                            message.size()) == 1;
}

std::optional<std::string> ed25519_public_key(std::string_view seed) {
    const std::unique_ptr<EVP_PKEY, Free> key(
        EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, octets(seed), seed.size()));
    std::string raw(32, '\0');
    std::size_t length = raw.size();
    if (!key || EVP_PKEY_get_raw_public_key(key.get(), reinterpret_cast<unsigned char*>(raw.data()),
                                            &length) != 1) {
        return std::nullopt;
    }
    return raw;
}

}  // namespace aksono::audit
