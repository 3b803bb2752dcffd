// SPDX-License-Identifier: Apache-2.0
#include "crypto/random.h"

#include <sodium.h>

namespace aksono::crypto {

namespace {
constexpr std::string_view kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
}  // namespace

std::string random_bytes(std::size_t count) {
    std::string out(count, '\0');
    randombytes_buf(out.data(), out.size());
    return out;
}

std::string random_text(std::size_t count, std::string_view alphabet) {
    std::string out;
    out.reserve(count);
    const auto size = static_cast<std::uint32_t>(alphabet.size());
    for (std::size_t i = 0; i < count; ++i)
        out += alphabet[randombytes_uniform(size)];
    return out;
}

std::string random_letters(std::size_t count) {
    return random_text(count, kLetters);
}

std::string random_upper_letters(std::size_t count) {
    return random_text(count, kUpper);
}

}  // namespace aksono::crypto
