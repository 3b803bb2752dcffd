// SPDX-License-Identifier: Apache-2.0
#include "audited.h"

#include "audit/digest.h"
#include "config/error.h"
#include "config/places.h"
#include "config/signing_keys.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace aksono::schema_diff {

namespace {

namespace po = boost::program_options;

config::Document document_of(const po::variables_map& values) {
    return config::read_documents(values["config"].as<std::vector<std::string>>());
}

Runs::const_iterator find_run(const Runs& all, const std::string& name) {
    if (name == "first") return all.begin();
    if (name == "last") return std::prev(all.end());
    const auto run = std::ranges::find(all, name, &audit::Tenure::name);
    if (run == all.end()) throw cli::UsageError("no run is called " + name + ": see --list");
    return run;
}

void add_key(const std::string& text, audit::PublicKeys& keys) {
    const auto equals = text.find('=');
    const auto raw =
        equals == std::string::npos ? std::nullopt : audit::from_base64(text.substr(equals + 1));
    if (!raw || raw->size() != 32 || !text.starts_with("ed25519:")) {
        throw cli::UsageError("--public-key is like ed25519:a_ABcd=BASE64, not " + text);
    }
    keys[text.substr(0, equals)] = *raw;
}

audit::PublicKeys configured_keys(const po::variables_map& values) {
    audit::PublicKeys keys;
    try {
        const auto document = document_of(values);
        const config::Section root(document);
        for (const auto& key : config::read_signing_keys(root)) {
            if (const auto raw = audit::ed25519_public_key(key.seed)) keys[key.id()] = *raw;
        }
        for (const auto& key : config::read_old_signing_keys(root))
            keys[key.id] = key.public_key;
    } catch (const config::ConfigError& error) {
        throw cli::UsageError(error.what());
    }
    return keys;
}

}  // namespace

std::string tenure_file(const po::variables_map& values) {
    if (values.contains("tenures")) return values["tenures"].as<std::string>();
    if (!values.contains("config")) {
        throw cli::UsageError("give the file in which the runs are noted: --tenures FILE");
    }
    try {
        const auto document = document_of(values);
        return config::tenure_file(config::Section(document));
    } catch (const config::ConfigError& error) {
        throw cli::UsageError(error.what());
    }
}

Runs read_runs(const std::string& file) {
    std::ifstream in(file);
    std::stringstream text;
    if (!in || !(text << in.rdbuf())) {
        throw cli::UsageError(file + ": no run is noted there, or it cannot be read");
    }
    return audit::read_tenures(text.str()).runs;
}

Runs choose_runs(const Runs& all, const std::string& first, const std::string& last) {
    if (all.empty()) throw cli::UsageError("no run of Aksono is noted");
    const auto begin = find_run(all, first);
    const auto end = last.empty() ? begin : find_run(all, last);
    if (end < begin) throw cli::UsageError(last + " came before " + first);
    return {begin, std::next(end)};
}

audit::PublicKeys public_keys(const po::variables_map& values) {
    if (!values.contains("public-key")) {
        return values.contains("config") ? configured_keys(values) : audit::PublicKeys();
    }
    audit::PublicKeys keys;
    for (const auto& text : values["public-key"].as<std::vector<std::string>>())
        add_key(text, keys);
    return keys;
}

}  // namespace aksono::schema_diff
