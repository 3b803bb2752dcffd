// SPDX-License-Identifier: Apache-2.0
#include "crypto/guest_token.h"

#include "crypto/macaroon.h"
#include "crypto/random.h"

#include <algorithm>
#include <charconv>

namespace aksono::crypto {

namespace {

constexpr std::string_view kUser = "user_id = ";
constexpr std::string_view kNonce = "nonce = ";
constexpr std::string_view kTime = "time < ";
constexpr std::size_t kNonceLength = 16;

bool still_in_time(std::string_view caveat, Millis now) {
    const auto text = caveat.substr(kTime.size());
    Millis limit = 0;
    const auto end = text.data() + text.size();
    return std::from_chars(text.data(), end, limit).ptr == end && now < limit;
}

/// Whether a caveat holds for the access token of guest `user`.
bool holds(std::string_view caveat, std::string_view user, Millis now) {
    if (caveat == "gen = 1" || caveat == "type = access" || caveat == "guest = true") return true;
    if (caveat.starts_with(kUser)) return caveat.substr(kUser.size()) == user;
    if (caveat.starts_with(kNonce)) return true;
    return caveat.starts_with(kTime) && still_in_time(caveat, now);
}

}  // namespace

std::string make_guest_token(std::string_view server_name, std::string_view user_id,
                             std::string_view key) {
    Macaroon macaroon(std::string(server_name), "key", key);
    macaroon.add_caveat("gen = 1");
    macaroon.add_caveat("type = access");
    macaroon.add_caveat(std::string(kUser) + std::string(user_id));
    macaroon.add_caveat(std::string(kNonce) + random_letters(kNonceLength));
    macaroon.add_caveat("guest = true");
    return macaroon.serialize();
}

std::optional<std::string> read_guest_token(std::string_view token, std::string_view key,
                                            Millis now) {
    const auto macaroon = Macaroon::parse(token);
    if (!macaroon || !macaroon->signed_by(key)) return {};
    const auto& caveats = macaroon->caveats();
    const auto user = std::find_if(caveats.begin(), caveats.end(),
                                   [](const auto& caveat) { return caveat.starts_with(kUser); });
    if (user == caveats.end()) return {};
    if (std::find(caveats.begin(), caveats.end(), "guest = true") == caveats.end()) return {};
    const auto name = user->substr(kUser.size());
    const auto good = [&](const auto& caveat) { return holds(caveat, name, now); };
    if (!std::all_of(caveats.begin(), caveats.end(), good)) return {};
    return name;
}

}  // namespace aksono::crypto
