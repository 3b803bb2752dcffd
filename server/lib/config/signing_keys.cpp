// SPDX-License-Identifier: Apache-2.0
#include "config/signing_keys.h"

#include "base/base64.h"
#include "config/files.h"

#include <filesystem>

#include <fmt/format.h>

namespace aksono::config {

namespace {

constexpr std::string_view kBlanks = " \t\r\v\f";
constexpr std::size_t kKeyBytes = 32;

std::vector<std::string> words_of(std::string_view line) {
    std::vector<std::string> words;
    while (true) {
        const auto start = line.find_first_not_of(kBlanks);
        if (start == std::string_view::npos) return words;
        const auto end = std::min(line.size(), line.find_first_of(kBlanks, start));
        words.emplace_back(line.substr(start, end - start));
        line.remove_prefix(end);
    }
}

Result<SigningKey> parse_line(std::string_view line) {
    const auto words = words_of(line);
    if (words.size() != 3) return failure(std::string("must be «ed25519 VERSION SEED»"));
    if (words[0] != "ed25519") {
        return failure(fmt::format("Unsupported algorithm {}", words[0]));
    }
    auto seed = base64_decode(words[2]);
    if (!seed) return failure(std::string("the seed is not base64"));
    if (seed->size() != kKeyBytes) {
        return failure(std::string("The seed must be exactly 32 bytes long"));
    }
    return SigningKey{words[0], words[1], std::move(*seed)};
}

}  // namespace

Result<std::vector<SigningKey>> parse_signing_keys(std::string_view text) {
    std::vector<SigningKey> keys;
    for (int number = 1; !text.empty(); ++number) {
        const auto end = std::min(text.size(), text.find('\n'));
        const auto line = text.substr(0, end);
        text.remove_prefix(std::min(text.size(), end + 1));
        if (words_of(line).empty()) continue;
        auto key = parse_line(line);
        if (!key) return failure(fmt::format("line {}: {}", number, key.error()));
        keys.push_back(std::move(*key));
    }
    return keys;
}

std::string format_signing_key(const SigningKey& key) {
    return key.algorithm + " " + key.version + " " + base64_encode(key.seed);
}

std::string signing_key_path(const Section& root) {
    if (root.has("signing_key")) return {};
    if (const auto path = root.maybe_text("signing_key_path")) return *path;
    const auto& files = root.document().files;
    const std::string directory =
        files.empty() ? "" : std::filesystem::path(files.back()).parent_path().string();
    const std::string name = root.text("server_name", "") + ".signing.key";
    return directory.empty() ? name : directory + "/" + name;
}

std::vector<SigningKey> read_signing_keys(const Section& root) {
    const bool here = root.has("signing_key");
    const char* option = here ? "signing_key" : "signing_key_path";
    const std::string path = signing_key_path(root);
    std::string text;
    if (here) {
        text = root.text("signing_key", "");
    } else {
        auto read = read_file(path);
        if (!read) {
            root.refuse(option, read.error(),
                        "name Synapse's signing key file, or make one with --generate-keys");
        }
        text = std::move(*read);
    }
    const std::string where = here ? "" : path + ": ";
    auto keys = parse_signing_keys(text);
    if (!keys) root.refuse(option, keys.error(), where + "lines must be «ed25519 VERSION SEED»");
    if (keys->empty()) root.refuse(option, "", where + "has no key in it");
    return std::move(*keys);
}

std::vector<OldSigningKey> read_old_signing_keys(const Section& root) {
    std::vector<OldSigningKey> keys;
    const Section section = root.section("old_signing_keys");
    for (const auto& id : section.keys()) {
        if (!id.starts_with("ed25519:")) {
            section.refuse(id, fmt::format("Unsupported signing algorithm for old key: '{}'", id),
                           "only ed25519 keys are known");
        }
        const Section entry = section.section(id);
        OldSigningKey key;
        key.id = id;
        const auto bytes = base64_decode(entry.text("key", ""));
        if (!bytes || bytes->size() != kKeyBytes) {
            entry.refuse("key", "The key must be exactly 32 bytes long",
                         "give the public key in base64");
        }
        key.public_key = *bytes;
        if (!entry.has("expired_ts"))
            entry.refuse("expired_ts", "", "is missing: give a time in ms");
        key.expired_ts = entry.integer("expired_ts", 0);
        keys.push_back(std::move(key));
    }
    return keys;
}

}  // namespace aksono::config
