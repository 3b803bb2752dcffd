// SPDX-License-Identifier: Apache-2.0
#include "crypto/macaroon.h"

#include "base/base64.h"
#include "crypto/hmac.h"

#include <charconv>

#include <fmt/format.h>
#include <openssl/crypto.h>

namespace aksono::crypto {

namespace {

constexpr std::string_view kKeyGenerator = "macaroons-key-generator";
constexpr std::size_t kLengthDigits = 4;

struct Packet {
    std::string_view key;
    std::string_view value;
};

std::string packet(std::string_view key, std::string_view value) {
    const auto size = kLengthDigits + key.size() + 1 + value.size() + 1;
    return fmt::format("{:04x}{} {}\n", size, key, value);
}

/// Takes one packet off the front of `bytes`.
std::optional<Packet> take_packet(std::string_view& bytes) {
    std::size_t size = 0;
    const auto* end = bytes.data() + kLengthDigits;
    if (bytes.size() < kLengthDigits) return {};
    if (std::from_chars(bytes.data(), end, size, 16).ptr != end) return {};
    if (size < kLengthDigits + 2 || size > bytes.size() || bytes[size - 1] != '\n') return {};
    const auto body = bytes.substr(kLengthDigits, size - kLengthDigits - 1);
    const auto blank = body.find(' ');
    if (blank == body.npos) return {};
    bytes.remove_prefix(size);
    return Packet{body.substr(0, blank), body.substr(blank + 1)};
}

std::string first_signature(std::string_view key, std::string_view identifier) {
    return hmac_sha256(hmac_sha256(kKeyGenerator, key), identifier);
}

}  // namespace

Macaroon::Macaroon(std::string location, std::string identifier, std::string_view key)
    : location_(std::move(location)),
      identifier_(std::move(identifier)),
      signature_(first_signature(key, identifier_)) {}

void Macaroon::add_caveat(std::string caveat) {
    signature_ = hmac_sha256(signature_, caveat);
    caveats_.push_back(std::move(caveat));
}

std::string Macaroon::serialize() const {
    std::string bytes = packet("location", location_) + packet("identifier", identifier_);
    for (const auto& caveat : caveats_)
        bytes += packet("cid", caveat);
    return base64_url_encode(bytes + packet("signature", signature_));
}

std::optional<Macaroon> Macaroon::parse(std::string_view token) {
    const auto decoded = base64_decode(token);
    if (!decoded) return {};
    std::string_view rest = *decoded;
    Macaroon macaroon;
    const auto location = take_packet(rest);
    if (!location || location->key != "location") return {};
    const auto identifier = take_packet(rest);
    if (!identifier || identifier->key != "identifier") return {};
    macaroon.location_ = location->value;
    macaroon.identifier_ = identifier->value;
    while (const auto next = take_packet(rest)) {
        if (next->key == "signature" && rest.empty()) {
            macaroon.signature_ = next->value;
            return macaroon;
        }
        if (next->key != "cid") return {};
        macaroon.caveats_.emplace_back(next->value);
    }
    return {};
}

bool Macaroon::signed_by(std::string_view key) const {
    auto expected = first_signature(key, identifier_);
    for (const auto& caveat : caveats_)
        expected = hmac_sha256(expected, caveat);
    return expected.size() == signature_.size() &&
           CRYPTO_memcmp(expected.data(), signature_.data(), expected.size()) == 0;
}

}  // namespace aksono::crypto
