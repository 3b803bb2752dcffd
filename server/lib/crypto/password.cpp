// SPDX-License-Identifier: Apache-2.0
#include "crypto/password.h"

#include "crypto/hmac.h"
#include "crypto/random.h"

#include <algorithm>
#include <crypt.h>
#include <memory>
#include <optional>
#include <stdexcept>

#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

namespace aksono::crypto {

namespace {

constexpr std::size_t kBcryptBytes = 72;
constexpr std::size_t kSaltBytes = 16;

std::string nfkc(std::string_view text) {
    UErrorCode status = U_ZERO_ERROR;
    const auto* normalizer = icu::Normalizer2::getNFKCInstance(status);
    const icu::StringPiece piece(text.data(), static_cast<std::int32_t>(text.size()));
    const auto normal = normalizer->normalize(icu::UnicodeString::fromUTF8(piece), status);
    if (U_FAILURE(status)) throw std::runtime_error("NFKC normalisation failed");
    std::string out;
    normal.toUTF8String(out);
    return out;
}

std::string key_of(std::string_view password, std::string_view pepper) {
    return (nfkc(password) + std::string(pepper)).substr(0, kBcryptBytes);
}

/// Nothing when `setting` is not one that libcrypt knows.
std::optional<std::string> bcrypt(const std::string& key, const std::string& setting) {
    const auto data = std::make_unique<crypt_data>();
    const char* hash = crypt_r(key.c_str(), setting.c_str(), data.get());
    if (hash == nullptr || hash[0] == '*') return {};
    return hash;
}

}  // namespace

std::string hash_password(std::string_view password, std::string_view pepper, int rounds) {
    const auto key = key_of(password, pepper);
    if (key.find('\0') != key.npos) throw std::invalid_argument("password contains U+0000");
    const auto salt = random_bytes(kSaltBytes);
    char setting[CRYPT_GENSALT_OUTPUT_SIZE];
    const auto cost = static_cast<unsigned long>(std::clamp(rounds, 4, 31));
    if (crypt_gensalt_rn("$2b$", cost, salt.data(), static_cast<int>(salt.size()), setting,
                         sizeof setting) == nullptr) {
        throw std::runtime_error("no salt for bcrypt");
    }
    auto hash = bcrypt(key, setting);
    if (!hash) throw std::runtime_error("bcrypt failed");
    return *std::move(hash);
}

bool check_password(std::string_view password, std::string_view pepper, const std::string& hash) {
    const auto key = key_of(password, pepper);
    if (!hash.starts_with("$2") || key.find('\0') != key.npos) return false;
    const auto made = bcrypt(key, hash);
    return made && equal_secrets(*made, hash);
}

}  // namespace aksono::crypto
