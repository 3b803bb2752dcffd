// SPDX-License-Identifier: Apache-2.0
#include "against_config.h"

#include "config/appservices.h"
#include "config/error.h"
#include "config/files.h"
#include "config/places.h"
#include "config/signing_keys.h"
#include "config/yaml.h"
#include "crypto/signing_key.h"
#include "datacheck/accounts_against_config.h"
#include "datacheck/media_files.h"
#include "datacheck/signature_sample.h"
#include "glob.h"
#include "verbs.h"

#include <algorithm>

namespace aksono::schema_diff {

namespace {

using config::Section;
using synschema::Findings;
using synschema::Severity;

datacheck::KnownKeys known_keys(const Section& root) {
    datacheck::KnownKeys keys;
    keys.server_name = root.text("server_name", "");
    for (const auto& key : config::read_signing_keys(root)) {
        const auto made = crypto::SigningKey::from_seed(key.version, key.seed);
        if (made) keys.current[key.id()] = made->public_key();
    }
    for (const auto& key : config::read_old_signing_keys(root))
        keys.old[key.id] = key.public_key;
    return keys;
}

/// Under which names Synapse keeps the identities of the providers.
std::set<std::string> auth_providers(const Section& root) {
    std::set<std::string> names;
    for (const auto& provider : root.sections("oidc_providers")) {
        const auto id = provider.text("idp_id", "");
        names.insert(id);
        names.insert("oidc-" + id);
    }
    if (root.has("oidc_config")) names.insert("oidc");
    if (root.has("cas_config")) names.insert("cas");
    if (root.has("saml2_config")) names.insert("saml");
    return names;
}

/// Ids of the registrations. Throws ConfigError for a file that cannot be read.
std::set<std::string> appservices(const Section& root) {
    std::set<std::string> ids;
    for (const auto& file : config::read_appservice_files(root)) {
        const auto text = config::read_file(file);
        if (!text) continue;
        const auto registration = config::parse_yaml(*text).root;
        if (registration.is_object()) ids.insert(registration.value("id", ""));
    }
    return ids;
}

datacheck::ConfiguredAccounts accounts(const Section& root) {
    datacheck::ConfiguredAccounts configured;
    configured.auth_providers = auth_providers(root);
    configured.appservices = appservices(root);
    const auto* enabled = root.section("password_config").find("enabled");
    configured.passwords = enabled == nullptr || !(enabled->is_boolean() && !enabled->get<bool>());
    configured.modules = root.has("modules") || root.has("password_providers") ||
                         root.has("matrix_authentication_service");
    return configured;
}

datacheck::MediaOptions media(const Section& root) {
    return {config::media_store_path(root), root.has("media_storage_providers")};
}

/// One part; what keeps it from being done is a note.
template <class Work>
void part(const CheckCommand& command, const char* name, Findings& findings, const Work& work) {
    // --only media-*: nothing else is opened.
    static const std::map<std::string, std::vector<std::string>> kIds{
        {"signatures",
         {"signing-key-unknown", "signature-wrong", "event-unsigned", "event-id-wrong",
          "event-changed"}},
        {"accounts",
         {"auth-provider-unknown", "appservice-users-unknown", "appservice-queue-unknown",
          "password-users"}},
        {"media",
         {"media-file-missing", "remote-media-file-missing", "media-file-left",
          "thumbnail-file-missing", "preview-file-missing", "media-store-missing"}}};
    const bool wanted =
        command.only.empty() || std::ranges::any_of(kIds.at(name), [&](const std::string& id) {
            return matches_any(command.only, id);
        });
    if (!wanted) return;
    try {
        const auto found = work();
        findings.insert(findings.end(), found.begin(), found.end());
    } catch (const std::exception& error) {
        findings.push_back(
            {"not-asked",
             Severity::info,
             name,
             std::string(name) + " were not compared with the configuration: " + error.what(),
             "What it would have found is not known.",
             {"", "mend what the message says, and check again", true}});
    }
}

}  // namespace

Findings check_against_config(const CheckCommand& command) {
    Findings findings;
    if (command.config_files.empty()) return findings;
    const auto document = config::read_documents(command.config_files);
    const Section root(document);
    datacheck::Session session(
        [&] { return cli::connect(command.main, kApplicationName, kNoTimeout); });
    part(command, "signatures", findings,
         [&] { return datacheck::check_signatures(session, known_keys(root)); });
    part(command, "accounts", findings,
         [&] { return datacheck::check_accounts(session, accounts(root)); });
    part(command, "media", findings,
         [&] { return datacheck::check_media_files(session, media(root)); });
    return findings;
}

}  // namespace aksono::schema_diff
