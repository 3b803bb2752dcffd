// SPDX-License-Identifier: Apache-2.0
#include "config/check_config.h"
#include "config/generate.h"
#include "config/log_config.h"
#include "config/options_table.h"
#include "config/yaml.h"

#include <algorithm>

#include <catch2/catch.hpp>

using namespace aksono;
using namespace aksono::config;

namespace {

Config made(const std::string& yaml) {
    Document document;
    document.files = {"homeserver.yaml"};
    document.options = parse_yaml(yaml).root;
    if (document.options.contains("signing_key_path")) {
        document.options.erase("signing_key_path");
    }
    document.options["signing_key"] = generate_signing_key();
    return load_document(document);
}

constexpr const char* kBase = R"(
server_name: test.local
report_stats: false
database: {name: psycopg2, args: {dbname: synapse}}
)";

bool has(const std::vector<std::string>& lines, const std::string& part) {
    return std::ranges::any_of(
        lines, [&](const std::string& line) { return line.find(part) != std::string::npos; });
}

}  // namespace

TEST_CASE("the table is sorted, complete in itself, and says why") {
    const auto table = options_table();
    CHECK(std::ranges::is_sorted(table, {}, &Option::name));
    for (const auto& option : table) {
        CAPTURE(option.name);
        CHECK((option.fate == Fate::honoured) == option.reason.empty());
        CHECK(find_option(option.name) == &option);
    }
    CHECK(find_option("modules")->fate == Fate::refused);
    CHECK(find_option("turn_uris")->fate == Fate::ignored);
    CHECK(find_option("frobnicate") == nullptr);
    CHECK(nearest_option("enable_registraton") == "enable_registration");
    CHECK(nearest_option("frobnicate").empty());
}

TEST_CASE("--check-config tells the fate of each option in the file") {
    const auto config = made(std::string(kBase) + R"(
turn_uris: ["turn:x"]
sentry: {}
rc_mesage: {per_second: 1}
stats: {enabled: true}
modules: []
experimental_features: {msc4028_push_encrypted_events: true, msc9999: true, msc3881_enabled: false}
)");

    const auto text = describe_options(config);
    CHECK_THAT(text, Catch::Contains("# homeserver.yaml\n"));
    CHECK_THAT(text, Catch::Contains("server_name            honoured\n"));
    CHECK_THAT(text, Catch::Contains("turn_uris              ignored   calls are not built yet\n"));
    CHECK_THAT(text, Catch::Contains(
                         "rc_mesage              unknown   is no option of Synapse's, which would "
                         "ignore it as well; did you mean rc_message?\n"));
    const auto notes = start_notes(config);
    CHECK(has(notes, "homeserver.yaml: turn_uris: is ignored: calls"));
    CHECK(has(notes, "homeserver.yaml: rc_mesage: is no option"));
    CHECK(has(notes, "homeserver.yaml: stats: is honoured in part"));
    CHECK(has(notes, "experimental_features.msc4028_push_encrypted_events: is ignored: the push"));
    CHECK(has(notes, "experimental_features.msc9999: is no switch of Synapse's"));
    CHECK_FALSE(has(notes, "msc3881"));
    CHECK_FALSE(has(notes, "sentry"));
    CHECK_FALSE(has(notes, "server_name"));
}

TEST_CASE("registration stays closed while its steps are not built") {
    const auto config = made(std::string(kBase) +
                             "enable_registration: true\nregistrations_require_3pid: [email]\n");
    CHECK_FALSE(config.registration.enabled);
    CHECK(has(config.warnings, "open registration stays off"));
    CHECK_THROWS_WITH(made(std::string(kBase) + "hs_disabled: true"),
                      Catch::Contains("hs_disabled: is not built yet"));
    CHECK_THROWS_WITH(made(std::string(kBase) + "rollback_floor: 1.99.0"),
                      Catch::Contains("rollback_floor: must be 1.100.0 or newer"));
    CHECK(made(std::string(kBase) + "rollback_floor: 1.139.0").default_room_version == "11");
}

TEST_CASE("no token outlives a session") {
    const std::string session = std::string(kBase) + "session_lifetime: 1h\n";
    for (const char* key : {"refresh_token_lifetime", "refreshable_access_token_lifetime",
                            "nonrefreshable_access_token_lifetime"}) {
        CHECK_THROWS_WITH(made(session + key + ": 2h"),
                          Catch::Contains(std::string("Both `session_lifetime` and `") + key));
        CHECK_NOTHROW(made(session + key + ": 1h"));
    }
    CHECK(made(std::string(kBase) + "session_lifetime: 1m\n")
              .sessions.refreshable_access_token_lifetime == 300'000);
}

TEST_CASE("registration tokens leave registration open") {
    const auto config =
        made(std::string(kBase) + "enable_registration: true\nregistration_requires_token: true\n");
    CHECK(config.registration.enabled);
    CHECK(config.registration.requires_token);
}

TEST_CASE("what is generated can be read again") {
    const GenerateSettings settings{"my.domain", false, "/etc/aksono", "/var/lib/aksono"};
    const auto config = made(generate_homeserver_yaml(settings));
    CHECK(config.server_name == "my.domain");
    CHECK(config.media_store_path == "/var/lib/aksono/media_store");
    CHECK(config.log_config == "/etc/aksono/my.domain.log.config");
    CHECK(config.registration.shared_secret->size() == 50);
    CHECK(config.macaroon_secret_key != *config.form_secret);
    const auto log = parse_log_config(generate_log_config(settings), "log.config");
    CHECK(log.ignored.empty());
    CHECK(log.settings.handlers.at("file").path == "/var/lib/aksono/homeserver.log");
    const auto keys = parse_signing_keys(generate_signing_key());
    REQUIRE(keys);
    CHECK(keys->front().seed.size() == 32);
    CHECK(keys->front().version.starts_with("a_"));
}

TEST_CASE("signing key files") {
    const std::string seed(43, 'A');
    const auto keys =
        parse_signing_keys("ed25519 a_1 " + seed + "\n\n  ed25519\tb_2  " + seed + "=\r\n");
    REQUIRE(keys);
    REQUIRE(keys->size() == 2);
    CHECK((*keys)[1].id() == "ed25519:b_2");
    CHECK(format_signing_key((*keys)[0]) == "ed25519 a_1 " + seed);
    CHECK(parse_signing_keys("rsa a_1 " + seed).error() == "line 1: Unsupported algorithm rsa");
    CHECK(parse_signing_keys("ed25519 a_1 AAAA").error() ==
          "line 1: The seed must be exactly 32 bytes long");
    CHECK(parse_signing_keys("\ned25519 a_1").error() == "line 2: must be «ed25519 VERSION SEED»");
    CHECK(parse_signing_keys("")->empty());
}
