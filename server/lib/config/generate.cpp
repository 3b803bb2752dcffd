// SPDX-License-Identifier: Apache-2.0
#include "config/generate.h"

#include "config/signing_keys.h"

#include <stdexcept>
#include <string_view>

#include <fmt/format.h>
#include <openssl/rand.h>

namespace aksono::config {

namespace {

std::string random_bytes(std::size_t count) {
    std::string bytes(count, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) != 1) {
        throw std::runtime_error("no random bytes to be had");
    }
    return bytes;
}

/// Letters and digits only, so that no quoting is needed anywhere; every one equally likely.
std::string random_text(std::size_t length, std::string_view alphabet) {
    const auto fair = 256 - 256 % alphabet.size();
    std::string text;
    while (text.size() < length) {
        for (const char c : random_bytes(length)) {
            const auto byte = static_cast<unsigned char>(c);
            if (byte < fair && text.size() < length) text += alphabet[byte % alphabet.size()];
        }
    }
    return text;
}

std::string secret() {
    return random_text(50, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
}

/// In double quotes, as YAML and JSON have them.
std::string quoted(const std::string& text) {
    return Json(text).dump();
}

}  // namespace

std::string log_config_path(const GenerateSettings& settings) {
    return settings.config_directory + "/" + settings.server_name + ".log.config";
}

std::string new_signing_key_path(const GenerateSettings& settings) {
    return settings.config_directory + "/" + settings.server_name + ".signing.key";
}

std::string generate_homeserver_yaml(const GenerateSettings& settings) {
    return fmt::format(
        R"(# Configuration of a Matrix homeserver, for Aksono and for Synapse alike.
# Options: https://element-hq.github.io/synapse/latest/usage/configuration/config_documentation.html
# «aksono -c THIS_FILE --check-config» tells what Aksono makes of each.
server_name: {}
pid_file: {}
listeners:
  - port: 8008
    bind_addresses: ['::1', '127.0.0.1']
    type: http
    tls: false
    x_forwarded: true
    resources:
      - names: [client, federation]
        compress: false
# Encoding UTF8 and locale C: createdb -T template0 -E UTF8 --locale=C synapse
database:
  name: psycopg2
  args:
    user: synapse
    password: {}
    dbname: synapse
    host: localhost
    cp_min: 5
    cp_max: 10
log_config: {}
media_store_path: {}
registration_shared_secret: {}
report_stats: {}
macaroon_secret_key: {}
form_secret: {}
signing_key_path: {}
trusted_key_servers:
  - server_name: "matrix.org"
)",
        quoted(settings.server_name), quoted(settings.data_directory + "/homeserver.pid"),
        quoted(secret()), quoted(log_config_path(settings)),
        quoted(settings.data_directory + "/media_store"), quoted(secret()), settings.report_stats,
        quoted(secret()), quoted(secret()), quoted(new_signing_key_path(settings)));
}

std::string generate_log_config(const GenerateSettings& settings) {
    return fmt::format(R"(# A Python logging configuration: what goes to the log, and how it looks.
version: 1
formatters:
  precise:
    format: '%(asctime)s - %(name)s - %(lineno)d - %(levelname)s - %(request)s - %(message)s'
handlers:
  file:
    class: logging.handlers.TimedRotatingFileHandler
    formatter: precise
    filename: {}
    when: midnight
    backupCount: 3
    encoding: utf8
  console:
    class: logging.StreamHandler
    formatter: precise
root:
  level: INFO
  handlers: [file]
disable_existing_loggers: false
)",
                       quoted(settings.data_directory + "/homeserver.log"));
}

std::string generate_signing_key() {
    SigningKey key;
    key.algorithm = "ed25519";
    key.version = "a_" + random_text(4, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    key.seed = random_bytes(32);
    return format_signing_key(key) + "\n";
}

}  // namespace aksono::config
