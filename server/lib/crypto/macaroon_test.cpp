// SPDX-License-Identifier: Apache-2.0
#include "crypto/macaroon.h"

#include "crypto/guest_token.h"

#include <catch2/catch.hpp>

using namespace aksono::crypto;

namespace {
// Made by pymacaroons 0.13 with the key «macaroon-secret».
const std::string kGuest =
    "MDAxOGxvY2F0aW9uIHRlc3QubG9jYWwKMDAxM2lkZW50aWZpZXIga2V5CjAwMTBjaWQgZ2VuID0gMQowMDE2Y2lkIHR5"
    "cGUgPSBhY2Nlc3MKMDAyMGNpZCB1c2VyX2lkID0gQDM6dGVzdC5sb2NhbAowMDE0Y2lkIG5vbmNlID0gYWJjCjAwMTVj"
    "aWQgZ3Vlc3QgPSB0cnVlCjAwMmZzaWduYXR1cmUg9PPg3SIXiqlzdaFpCJ056lSI_7D6sVA26dT9gKfnfD4K";
// Made by Synapse 1.163.2 for a guest, the same key.
const std::string kSynapseGuest =
    "MDAxOGxvY2F0aW9uIHRlc3QubG9jYWwKMDAxM2lkZW50aWZpZXIga2V5CjAwMTBjaWQgZ2VuID0gMQowMDE2Y2lkIHR5"
    "cGUgPSBhY2Nlc3MKMDAyMGNpZCB1c2VyX2lkID0gQDE6dGVzdC5sb2NhbAowMDIxY2lkIG5vbmNlID0gK0U1Xz1mbmdX"
    "RWJrTHksPQowMDE1Y2lkIGd1ZXN0ID0gdHJ1ZQowMDJmc2lnbmF0dXJlIHDm2r5Ue6oCgO4055lTQejpdGjb0hD3D3Zv"
    "dfWt7RFfCg";
constexpr std::string_view kKey = "macaroon-secret";

std::string with_caveats(const std::vector<std::string>& caveats) {
    Macaroon macaroon("test.local", "key", kKey);
    for (const auto& caveat : caveats)
        macaroon.add_caveat(caveat);
    return macaroon.serialize();
}
}  // namespace

TEST_CASE("macaroon: what pymacaroons writes is read and written the same") {
    const auto macaroon = Macaroon::parse(kGuest);
    REQUIRE(macaroon);
    CHECK(macaroon->location() == "test.local");
    CHECK(macaroon->identifier() == "key");
    CHECK(macaroon->caveats() == std::vector<std::string>{"gen = 1", "type = access",
                                                          "user_id = @3:test.local", "nonce = abc",
                                                          "guest = true"});
    CHECK(macaroon->signed_by(kKey));
    CHECK_FALSE(macaroon->signed_by("another"));
    CHECK(macaroon->serialize() == kGuest);
    CHECK(with_caveats(macaroon->caveats()) == kGuest);
}

TEST_CASE("macaroon: damaged bytes are refused") {
    CHECK_FALSE(Macaroon::parse(""));
    CHECK_FALSE(Macaroon::parse("MDAx"));
    CHECK_FALSE(Macaroon::parse("syt_YWxpY2U_uKwTwUPAxJhWTupHeEpc_3WfdNQ"));
    CHECK_FALSE(Macaroon::parse(kGuest + "AAAA"));
    for (std::size_t size = 0; size < kGuest.size() - 1; ++size) {
        const auto cut = Macaroon::parse(kGuest.substr(0, size));
        CHECK((!cut || !cut->signed_by(kKey)));
    }
}

TEST_CASE("guest token: Synapse's own is taken") {
    CHECK(read_guest_token(kSynapseGuest, kKey, 0) == "@1:test.local");
    CHECK_FALSE(read_guest_token(kSynapseGuest, "another", 0));
}

TEST_CASE("guest token: ours is read back") {
    const auto token = make_guest_token("test.local", "@7:test.local", kKey);
    CHECK(read_guest_token(token, kKey, 0) == "@7:test.local");
    CHECK(make_guest_token("test.local", "@7:test.local", kKey) != token);
}

TEST_CASE("guest token: every caveat must hold") {
    const std::string user = "user_id = @3:test.local";
    const std::vector<std::string> least{user, "guest = true"};
    const auto reads = [&](std::vector<std::string> more) {
        more.insert(more.end(), least.begin(), least.end());
        return read_guest_token(with_caveats(more), kKey, 1000).has_value();
    };
    CHECK(reads({}));
    CHECK(reads({"gen = 1", "gen = 1", "type = access", "nonce = x", "time < 1001"}));
    CHECK(reads({user}));
    CHECK_FALSE(reads({"user_id = @4:test.local"}));
    CHECK_FALSE(reads({"gen = 2"}));
    CHECK_FALSE(reads({"type = login"}));
    CHECK_FALSE(reads({"time < 1000"}));
    CHECK_FALSE(reads({"time < soon"}));
    CHECK_FALSE(reads({"guest = false"}));
    CHECK_FALSE(reads({"foo = bar"}));
    CHECK_FALSE(read_guest_token(with_caveats({user}), kKey, 0));
    CHECK_FALSE(read_guest_token(with_caveats({"guest = true"}), kKey, 0));
}
