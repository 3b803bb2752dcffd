// SPDX-License-Identifier: Apache-2.0
#include "config/config.h"

#include "config/error.h"
#include "config/yaml.h"

#include <catch2/catch.hpp>

using namespace aksono;
using namespace aksono::config;

namespace {

constexpr const char* kMinimal = R"(
server_name: test.local
report_stats: false
listeners:
  - {port: 8008, type: http, resources: [{names: [client, federation], compress: false}]}
database: {name: psycopg2, args: {user: synapse, password: "it's", host: db, dbname: synapse, cp_max: 7}}
signing_key: "ed25519 a_test AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)";

Document document(const std::string& more, const char* base = kMinimal) {
    Document made;
    made.files = {"homeserver.yaml"};
    made.options = parse_yaml(base).root;
    made.options.update(parse_yaml(more).root.is_null() ? Json::object() : parse_yaml(more).root);
    return made;
}

Config with(const std::string& more) {
    return load_document(document(more));
}

std::string refusal(const std::string& more) {
    try {
        with(more);
    } catch (const ConfigError& error) {
        return error.what();
    }
    return "accepted";
}

}  // namespace

TEST_CASE("a small configuration, and the defaults around it") {
    const Config config = with("");
    CHECK(config.server_name == "test.local");
    CHECK(config.public_baseurl == "https://test.local/");
    CHECK_FALSE(config.public_baseurl_given);
    REQUIRE(config.listeners.size() == 1);
    CHECK(config.listeners[0].port == 8008);
    CHECK(config.listeners[0].serves("federation"));
    CHECK(config.listeners[0].bind_addresses == std::vector<std::string>{"::", "0.0.0.0"});
    CHECK(config.database.conninfo ==
          R"(dbname='synapse' host='db' password='it\'s' user='synapse')");
    CHECK(config.database.cp_max == 7);
    REQUIRE(config.signing_keys.size() == 1);
    CHECK(config.signing_keys[0].id() == "ed25519:a_test");
    CHECK(config.max_upload_size == 52428800);
    CHECK(config.sessions.refreshable_access_token_lifetime == 300000);
    CHECK_FALSE(config.sessions.session_lifetime);
    CHECK(config.rate_limits.message.per_second == Approx(0.2));
    CHECK(config.rate_limits.login_failed_attempts.burst_count == 3);
    CHECK_FALSE(config.rate_limits.admin_redaction);
    CHECK(config.redaction_retention_period == 604800000);
    CHECK(config.user_ips_max_age == 2419200000);
    CHECK(config.default_room_version == "12");
    CHECK(config.writers.of("events") == std::vector<std::string>{"master"});
    CHECK(config.emulate_version == "1.163.2");
}

TEST_CASE("the key of macaroons falls back as in Synapse") {
    CHECK(with("macaroon_secret_key: a").macaroon_secret_key == "a");
    CHECK(with("registration_shared_secret: b").macaroon_secret_key == "b");
    CHECK(with("macaroon_secret_key: a\nregistration_shared_secret: b").macaroon_secret_key == "a");
    const auto hashed = with("").macaroon_secret_key;
    REQUIRE(hashed.size() == 32);
    CHECK(static_cast<unsigned char>(hashed[0]) == 0x66);  // SHA-256 of 32 zero bytes
}

TEST_CASE("values are read with their units and words") {
    const auto config = with(R"(
session_lifetime: 30d
refreshable_access_token_lifetime: null
user_ips_max_age: null
redaction_retention_period: null
max_upload_size: 10M
presence: {enabled: untracked}
password_config: {enabled: only_for_reauth, pepper: salt}
stream_writers: {events: [w1, w2], typing: w1}
instance_map: {w1: {host: a, port: 1}, w2: {host: a, port: 2}}
federation_sender_instances: [fs]
filter_timeline_limit: 0144
)");
    CHECK(config.sessions.session_lifetime == 2592000000);
    CHECK_FALSE(config.sessions.refreshable_access_token_lifetime);
    CHECK_FALSE(config.user_ips_max_age);
    CHECK_FALSE(config.redaction_retention_period);
    CHECK(config.max_upload_size == 10485760);
    CHECK(config.presence.enabled);
    CHECK_FALSE(config.presence.tracked);
    CHECK_FALSE(config.password.enabled_for_login);
    CHECK(config.password.enabled_for_reauth);
    CHECK(config.writers.of("events") == std::vector<std::string>{"w1", "w2"});
    CHECK(config.writers.instances() == std::vector<std::string>{"fs", "master", "w1", "w2"});
    CHECK(config.filter_timeline_limit == 100);
}

TEST_CASE("each refusal is one line: Synapse's sentence, the file, the option, what to do") {
    struct Sample {
        const char* yaml;
        const char* line;
    };
    const auto sample = GENERATE(values<Sample>({
        {"server_name: null",
         "Error in configuration: Missing mandatory `server_name` config option.; homeserver.yaml: "
         "server_name: give the name that ends this server's user ids"},
        {"server_name: foo bar", "Server name 'foo bar' has an invalid format; homeserver.yaml: "},
        {"server_name: 5", "Invalid server name '5'"},
        {"listeners: foo",
         "Error in configuration at 'listeners': Expected a list; homeserver.yaml: listeners: "},
        {"listeners: [5]", "at 'listeners.0': Expected a dictionary"},
        {"listeners: [{type: http}]", "Must have either a UNIX socket or an IP/port declared"},
        {"listeners: [{type: http, port: '80'}]",
         "Listener configuration is lacking a valid 'port' option; homeserver.yaml: "
         "listeners.0.port: "},
        {"listeners: [{type: http, port: 80, path: /x}]",
         "Can not have both a UNIX socket and an IP/port"},
        {"listeners: [{type: replication, port: 80}]",
         "at 'listeners.0.type': Using direct TCP replication for workers is no longer supported."},
        {"listeners: [{type: http, port: 80, resources: [{names: [clint]}]}]",
         "Unknown listener resource: 'clint'; homeserver.yaml: listeners.0.resources.0.names: "},
        {"listeners: [{type: http, port: 80, tls: true}]",
         "tls_certificate_path must be specified if TLS-enabled listeners are configured."},
        {"report_stats: null", "Please opt in or out of reporting homeserver usage statistics"},
        {"database: null", "No database config provided"},
        {"database: {name: mysql}", "Unsupported database type 'mysql'"},
        {"database: {name: sqlite3}", "PostgreSQL only"},
        {"database: foo", "database: must be a mapping"},
        {"databases: {a: {name: psycopg2}}",
         "Can't specify both 'database' and 'databases' in config"},
        {"signing_key: 'ed25519 a_x !!'", "signing_key: lines must be"},
        {"old_signing_keys: {'rsa:1': {key: a, expired_ts: 1}}",
         "Unsupported signing algorithm for old key: 'rsa:1'"},
        {"session_lifetime: 5x", "Bad duration suffix 5x"},
        {"max_upload_size: 50Z", "invalid literal for int() with base 10: '50Z'"},
        {"session_lifetime: 1h\nnonrefreshable_access_token_lifetime: 2h",
         "`nonrefreshable_access_token_lifetime` exceeds `session_lifetime`!"},
        {"enable_registration: true", "open registration without any verification"},
        {"enable_registration: maybe", "invalid truth value 'maybe'"},
        {"rc_message: 5", "rc_message: must be a mapping, not 5"},
        {"rc_message: {per_second: abc}", "rc_message.per_second: must be a number"},
        {"default_room_version: '99'",
         "Unknown default_room_version: 99, known room versions: ['1'"},
        {"public_baseurl: example.com", "Invalid scheme '': only https and http are supported"},
        {"modules: [{module: foo.Bar}]", "modules: names Python modules"},
        {"password_providers: [{module: foo.Bar}]", "password_providers: names Python modules"},
        {"macaroon_secret_key: a\nmacaroon_secret_key_path: /x",
         "Conflicting options 'macaroon_secret_key' and 'macaroon_secret_key_path' are both "
         "defined "
         "in config file."},
        {"macaroon_secret_key_path: /nonexistent",
         "at 'macaroon_secret_key_path': Error accessing file '/nonexistent': [Errno 2] No such "
         "file "
         "or directory: '/nonexistent'"},
        {"registration_shared_secret: a\nregistration_shared_secret_path: /x",
         "You have configured both `registration_shared_secret` and"},
        {"retention: {default_policy: {min_lifetime: 2d, max_lifetime: 1d}}",
         "The default retention policy's 'min_lifetime' can not be greater than its "
         "'max_lifetime'"},
        {"caches: {global_factor: abc}", "caches.global_factor must be a number."},
        {"experimental_features: {msc3861: {enabled: true}}",
         "at 'experimental.msc3861': experimental_features.msc3861 was removed."},
        {"matrix_authentication_service: {enabled: true}", "is not built yet"},
        {"experimental_features: {msc3866: {enabled: true, require_approval_for_new_accounts: "
         "true}}",
         "experimental_features.msc3866.require_approval_for_new_accounts: is not built yet"},
        {"worker_app: synapse.app.generic_worker", "worker's configuration"},
        {"stream_writers: {events: w1}",
         "Instance 'w1' is configured to write events but does not appear in `instance_map` "
         "config."},
        {"stream_writers: {typing: [w1, w2]}",
         "Must only specify one instance to handle `typing` messages."},
        {"stream_writers: {foo: w1}", "stream_writers.foo: is no stream"},
        {"extra_well_known_client_content: foo",
         "extra_well_known_content must be a dictionary of key-value pairs"},
        {"app_service_config_files: foo", "to be a list of AS config files"},
        {"app_service_config_files: [/nonexistent]",
         "at 'app_service_config_files': [Errno 2] No such file or directory: '/nonexistent'; "
         "/nonexistent: "},
        {"extra_well_known_client_content: {m.homeserver: {}}",
         "m.homeserver is not supported in extra_well_known_content, use public_baseurl in base "
         "config instead."},
        {"encryption_enabled_by_default_for_room_type: abc",
         "Invalid value for encryption_enabled_by_default_for_room_type"},
        {"max_event_delay_duration: 0",
         "'max_event_delay_duration' must be a positive value if set"},
        {"user_types: {default_user_type: x}",
         "Default user type x is not in the list of all user types: ['support', 'bot']"},
        {"experimental_features: {msc3026_enabled: 'yes'}",
         "experimental_features.msc3026_enabled: must be true or false"},
        {"limit_profile_requests_to_users_who_share_rooms: true",
         "can only be enforced on authenticated requests"},
        {"rc_message: null", "rc_message: must be a mapping, not null"},
        {"rc_login: {address: {burst_count: null}}", "burst_count: must be a number, not null"},
        {"email: {smtp_host: a}", "email.notif_from: is missing"},
        {"email: 5", "email: must be a mapping, not 5"},
        {"gc_thresholds: [1, 2]", "must be a list of three integers if set"},
        {"turn_user_lifetime: abc", "turn_user_lifetime: must be a duration"},
        {"turn_shared_secret_path: /nonexistent", "Error accessing file '/nonexistent'"},
        {"instance_map: {w1: {host: a, port: '1'}}",
         "instance_map.w1.port: must be a whole number"},
        {"trusted_key_servers: [{foo: 1}]", "trusted_key_servers.0.server_name: is missing"},
        {"presence: {idle_timeout: 5s}", "'presence.idle_timeout' must be greater than"},
        {"auto_join_rooms: [abc]", "Invalid auto_join_rooms entry abc"},
        {"web_client_location: abc", "web_client_location must point to a HTTP(S) URL."},
        {"bind_port: 8448", "bind_port: is an option of old"},
        {"ldap_config: {enabled: true}", "ldap_config: names a Python module"},
        {"worker_name: w1", "worker_name: makes this a worker's configuration"},
        {"presence: {enabled: maybe}", "presence.enabled: must be true or false"},
        {"bcrypt_rounds: 99", "must be between 4 and 31"},
    }));
    CAPTURE(sample.yaml);
    const auto line = refusal(sample.yaml);
    CHECK_THAT(line, Catch::StartsWith("Error in configuration"));
    CHECK_THAT(line, Catch::Contains(sample.line));
    CHECK(line.find('\n') == std::string::npos);
}

TEST_CASE("what Synapse takes for nothing is nothing") {
    const char* nothings[] = {"null", "false", "0", "''", "[]", "{}"};
    for (const char* nothing : nothings) {
        CAPTURE(nothing);
        for (const char* option : {"auto_accept_invites", "ip_range_blacklist", "redis", "sso"})
            CHECK_NOTHROW(with(std::string(option) + ": " + nothing));
    }
    CHECK_NOTHROW(with("modules: {}\nspam_checker: false\nldap_config: {}\nbind_port: 0"));
}

TEST_CASE("room options") {
    const auto config = with(R"(
default_room_version: org.matrix.hydra.11
encryption_enabled_by_default_for_room_type: invite
max_event_delay_duration: 24h
user_types: {default_user_type: guide, extra_user_types: [guide]}
exclude_rooms_from_sync: ['!a:b']
experimental_features: {msc4140_max_delayed_events_per_user: 7}
rc_messages_per_second: 3
allow_underscore_prefixed_localpart: true
)");
    CHECK(config.default_room_version == "org.matrix.hydra.11");
    CHECK(config.encryption_enabled_by_default == "invite");
    CHECK(config.max_event_delay_duration == 86400000);
    CHECK(config.max_delayed_events == 7);
    CHECK(config.default_user_type == "guide");
    CHECK(config.exclude_rooms_from_sync.contains("!a:b"));
    CHECK(config.rate_limits.message.per_second == Approx(3));
    CHECK(config.rate_limits.message.burst_count == Approx(10));
    CHECK(config.registration.allow_underscore_prefixed_localpart);
    CHECK(with("encryption_enabled_by_default_for_room_type: off").encryption_enabled_by_default ==
          "off");
    CHECK(with("default_room_version: org.matrix.hydra.11\nrollback_floor: 1.139.0")
              .default_room_version == "11");
}

TEST_CASE("one database under `databases` will do, several will not") {
    auto one = document(
        "databases: {box: {name: psycopg2, data_stores: [main, state], "
        "args: {dbname: synapse}}}");
    one.options.erase("database");
    CHECK(load_document(one).database.conninfo == "dbname='synapse'");
    auto two = document("databases: {a: {name: psycopg2}, b: {name: psycopg2}}");
    two.options.erase("database");
    CHECK_THROWS_WITH(load_document(two), Catch::Contains("names 2 databases"));
}
