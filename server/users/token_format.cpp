// SPDX-License-Identifier: Apache-2.0
#include "users/token_format.h"

#include "base/base64.h"
#include "crypto/random.h"

#include <algorithm>
#include <cstdint>

namespace aksono::users {

namespace {

constexpr std::string_view kDigits =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t kRandomLetters = 20;
constexpr std::size_t kChecksumDigits = 6;

/// CRC-32 as zlib has it (reflected, polynomial 0x04C11DB7).
std::uint32_t crc32(std::string_view text) {
    std::uint32_t crc = 0xffffffffU;
    for (const char c : text) {
        crc ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xedb88320U : 0U);
    }
    return ~crc;
}

std::string with_checksum(const std::string& text) {
    return text + "_" + token_checksum(text);
}

std::string token_for(std::string_view prefix, std::string_view localpart) {
    return with_checksum(std::string(prefix) + "_" + base64_encode(localpart) + "_" +
                         crypto::random_letters(kRandomLetters));
}

}  // namespace

std::string token_checksum(std::string_view text) {
    std::string digits;
    for (auto rest = crc32(text); rest != 0; rest /= kDigits.size()) {
        digits += kDigits[rest % kDigits.size()];
    }
    digits.resize(std::max(digits.size(), kChecksumDigits), '0');
    std::reverse(digits.begin(), digits.end());
    return digits;
}

std::string make_access_token(std::string_view localpart) {
    return token_for("syt", localpart);
}

std::string make_refresh_token(std::string_view localpart) {
    return token_for("syr", localpart);
}

std::string make_login_token() {
    return with_checksum("syl_" + crypto::random_letters(kRandomLetters));
}

bool is_refresh_token(std::string_view token) {
    if (!token.starts_with("syr_") || std::count(token.begin(), token.end(), '_') != 3)
        return false;
    const auto end = token.rfind('_');
    return token.substr(end + 1) == token_checksum(token.substr(0, end));
}

}  // namespace aksono::users
