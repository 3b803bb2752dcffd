// SPDX-License-Identifier: Apache-2.0
#include "crypto/event_hash.h"

#include "base/base64.h"
#include "crypto/json_signature.h"
#include "crypto/redaction.h"

#include <fstream>

#include <catch2/catch.hpp>

using namespace aksono;

// https://spec.matrix.org/latest/appendices/#cryptographic-test-vectors
namespace {

crypto::SigningKey vector_key() {
    const auto seed = base64_decode("YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA1");
    return crypto::SigningKey::from_seed("1", *seed).value();
}

const crypto::RoomVersion& version(std::string_view id) {
    return *crypto::find_room_version(id);
}

std::string signature(const Json& signed_object) {
    return signed_object["signatures"]["domain"]["ed25519:1"];
}

}  // namespace

TEST_CASE("signing: the specification's JSON vectors") {
    Json empty = Json::object();
    crypto::sign_json(empty, "domain", vector_key());
    CHECK(signature(empty) ==
          "K8280/U9SSy9IVtjBuVeLr+HpOB4BQFWbg+UZaADMtTdGYI7Geitb76LTrr5QV/7Xg4ahLwYGYZzuHGZKM5ZAQ");
    Json data = {{"one", 1}, {"two", "Two"}};
    crypto::sign_json(data, "domain", vector_key());
    CHECK(signature(data) ==
          "KqmLSbO39/Bzb0QIYE82zqLwsA+PDzYIpIRA2sRQ4sL53+sN6/fpNSoqE7BP7vBZhG6kYdD13EIMJpvhJI+6Bw");

    const std::string key = vector_key().public_key();
    CHECK(crypto::verify_json(data, "domain", "ed25519:1", key));
    CHECK_FALSE(crypto::verify_json(data, "elsewhere", "ed25519:1", key));
    CHECK_FALSE(crypto::verify_json(data, "domain", "ed25519:2", key));
    data["two"] = "Three";
    CHECK_FALSE(crypto::verify_json(data, "domain", "ed25519:1", key));
}

TEST_CASE("signing: the specification's event vectors") {
    Json minimal = Json::parse(R"({"room_id":"!x:domain","sender":"@a:domain","origin":"domain",
        "origin_server_ts":1000000,"signatures":{},"hashes":{},"type":"X","content":{},
        "prev_events":[],"auth_events":[],"depth":3,"unsigned":{"age_ts":1000000}})");
    crypto::hash_and_sign_event(version("1"), minimal, "domain", vector_key());
    CHECK(minimal["hashes"]["sha256"] == "5jM4wQpv6lnBo7CLIghJuHdW+s2CMBJPUOGOC89ncos");
    CHECK(signature(minimal) ==
          "KxwGjPSDEtvnFgU00fwFz+l6d2pJM6XBIaMEn81SXPTRl16AqLAYqfIReFGZlHi5KLjAWbOoMszkwsQma+lYAg");

    Json message = Json::parse(R"({"content":{"body":"Here is the message content"},
        "event_id":"$0:domain","origin":"domain","origin_server_ts":1000000,
        "type":"m.room.message","room_id":"!r:domain","sender":"@u:domain","signatures":{},
        "unsigned":{"age_ts":1000000}})");
    crypto::hash_and_sign_event(version("1"), message, "domain", vector_key());
    CHECK(message["hashes"]["sha256"] == "onLKD1bGljeBWQhWZ1kaP9SorVmRQNdN5aM2JYU2n/g");
    CHECK(signature(message) ==
          "Wm+VzmOUOz08Ds+0NTWb1d4CZrVsJSikkeRxh6aCcUwu6pNC78FunoD7KNWzqFn241eYHYMGCA5McEiVPdhzBA");
    CHECK(crypto::event_id(version("1"), message).str() == "$0:domain");
}

TEST_CASE("signing: a seed of the wrong length is refused") {
    CHECK_FALSE(crypto::SigningKey::from_seed("1", "short").has_value());
}

// Rows of event_json that a Synapse wrote, one object a line: {event_id, version, event}.
TEST_CASE("events of every room version: id, content hash and signature") {
    std::ifstream file(AKSONO_CRYPTO_TESTDATA "/events.jsonl");
    REQUIRE(file);
    std::string line;
    std::getline(file, line);
    const Json head = Json::parse(line);
    const std::string key = *base64_decode(head["public_key"].get<std::string>());
    int count = 0;
    for (; std::getline(file, line); ++count) {
        const Json row = Json::parse(line);
        const auto& rules = version(row["version"].get<std::string>());
        const Json& event = row["event"];
        INFO(line);
        CHECK(crypto::event_id(rules, event).str() == row["event_id"]);
        CHECK(crypto::verify_content_hash(event));
        CHECK(crypto::verify_event_signature(rules, event, head["server"].get<std::string>(),
                                             head["key_id"].get<std::string>(), key));
    }
    CHECK(count >= 60);
}

TEST_CASE("room versions: 1 to 12 are known, others are not") {
    CHECK(crypto::room_versions().size() == 12);
    CHECK(crypto::find_room_version("12")->room_id_is_create_hash);
    CHECK_FALSE(crypto::find_room_version("11")->room_id_is_create_hash);
    CHECK(crypto::find_room_version("org.matrix.msc3757.11")->owned_state);
    CHECK(crypto::find_room_version("13") == nullptr);
    CHECK(crypto::find_room_version("") == nullptr);
}
