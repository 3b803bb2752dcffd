// SPDX-License-Identifier: Apache-2.0
#include "datacheck/signature_sample.h"

#include "crypto/event_hash.h"
#include "crypto/room_version.h"
#include "crypto/signing_key.h"

#include <catch2/catch.hpp>

using namespace aksono;
using datacheck::SampledEvent;

namespace {

const auto kKey = *crypto::SigningKey::from_seed("a", std::string(32, 'a'));
const auto kOther = *crypto::SigningKey::from_seed("a", std::string(32, 'b'));

datacheck::KnownKeys known() {
    return {"test.local", {{"ed25519:a", kKey.public_key()}}, {}};
}

Json signed_event(const crypto::SigningKey& key) {
    Json event{{"type", "m.room.message"},
               {"sender", "@a:test.local"},
               {"room_id", "!r:test.local"},
               {"content", {{"body", "hello"}}},
               {"depth", 2},
               {"prev_events", Json::array()},
               {"auth_events", Json::array()},
               {"origin_server_ts", 1}};
    crypto::hash_and_sign_event(*crypto::find_room_version("10"), event, "test.local", key);
    return event;
}

SampledEvent sampled(const Json& event) {
    const auto* version = crypto::find_room_version("10");
    return {crypto::event_id(*version, event).str(), "10", event.dump(), false};
}

std::string only_id(const SampledEvent& event, const datacheck::KnownKeys& keys = known()) {
    const auto findings = datacheck::judge_signatures({event}, keys);
    return findings.empty() ? "" : findings.front().id;
}

}  // namespace

TEST_CASE("an event as it was signed is not told") {
    CHECK(only_id(sampled(signed_event(kKey))).empty());
}

TEST_CASE("a key that was used before is known by old_signing_keys") {
    datacheck::KnownKeys keys{"test.local", {{"ed25519:new", kOther.public_key()}}, {}};
    CHECK(only_id(sampled(signed_event(kKey)), keys) == "signing-key-unknown");
    keys.old["ed25519:a"] = kKey.public_key();
    CHECK(only_id(sampled(signed_event(kKey)), keys).empty());
}

TEST_CASE("each way in which an event is not what was signed has its name") {
    CHECK(only_id(sampled(signed_event(kOther))) == "signature-wrong");
    auto event = signed_event(kKey);
    auto changed = event;
    changed["content"]["body"] = "hullo";
    CHECK(only_id(sampled(changed)) == "event-changed");
    auto redacted = sampled(changed);
    redacted.redacted = true;
    CHECK(only_id(redacted).empty());
    auto renamed = sampled(event);
    renamed.id[3] = renamed.id[3] == 'A' ? 'B' : 'A';
    CHECK(only_id(renamed) == "event-id-wrong");
    event.erase("signatures");
    CHECK(only_id(sampled(event)) == "event-unsigned");
}
