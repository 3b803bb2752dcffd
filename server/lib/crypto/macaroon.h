// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aksono::crypto {

/// A macaroon with first-party caveats only, in libmacaroons' first binary format (packets of four
/// hex digits of length, key, blank, value, line feed), which is the one that Synapse makes and
/// takes.
class Macaroon {
public:
    Macaroon(std::string location, std::string identifier, std::string_view key);

    void add_caveat(std::string caveat);

    /// URL-safe base64 without padding.
    [[nodiscard]] std::string serialize() const;
    /// Nothing for anything else, third-party caveats included.
    static std::optional<Macaroon> parse(std::string_view token);

    /// Whether the signature is the one that `key` makes. Says nothing about the caveats.
    [[nodiscard]] bool signed_by(std::string_view key) const;

    [[nodiscard]] const std::string& location() const { return location_; }
    [[nodiscard]] const std::string& identifier() const { return identifier_; }
    [[nodiscard]] const std::vector<std::string>& caveats() const { return caveats_; }

private:
    Macaroon() = default;

    std::string location_;
    std::string identifier_;
    std::vector<std::string> caveats_;
    std::string signature_;  // 32 bytes
};

}  // namespace aksono::crypto
