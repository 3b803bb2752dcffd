// SPDX-License-Identifier: Apache-2.0
#include "config/document.h"

#include "config/error.h"
#include "config/files.h"
#include "config/yaml.h"

#include <algorithm>
#include <filesystem>

namespace aksono::config {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const std::string& sentence, const std::string& file,
                         const std::string& advice) {
    throw ConfigError(
        {.sentence = sentence, .file = file, .option = {}, .advice = advice, .path = {}});
}

std::vector<std::string> files_of_directory(const std::string& directory) {
    std::vector<std::string> files;
    try {
        for (const auto& entry : fs::directory_iterator(directory)) {
            if (entry.is_regular_file() && entry.path().filename().string().ends_with(".yaml")) {
                files.push_back(entry.path().string());
            }
        }
    } catch (const fs::filesystem_error& error) {
        refuse("", directory, "cannot be listed: " + error.code().message());
    }
    std::sort(files.begin(), files.end());
    return files;
}

void read_one(Document& document, const std::string& file) {
    const auto text = read_file(file);
    if (!text) refuse(text.error(), file, "name a configuration file that exists and can be read");
    YamlDocument yaml;
    try {
        yaml = parse_yaml(*text);
    } catch (const YamlError& error) {
        refuse(error.what(), file, "correct the YAML there");
    }
    document.files.push_back(file);
    if (yaml.root.is_null()) return;
    if (!yaml.root.is_object()) refuse("", file, "must be a mapping of options (name: value)");
    for (const auto& key : yaml.duplicate_keys) {
        document.notes.push_back(file + ": " + key + ": given more than once; the last one counts");
    }
    for (auto& [option, value] : yaml.root.items()) {
        document.options[option] = std::move(value);
        document.origins[option] = file;
    }
}

}  // namespace

std::string Document::file_of(const std::string& option) const {
    const auto it = origins.find(option.substr(0, option.find('.')));
    if (it != origins.end()) return it->second;
    return files.empty() ? std::string() : files.front();
}

Document read_documents(const std::vector<std::string>& paths) {
    if (paths.empty()) {
        throw ConfigError({.sentence = "Must supply a config file.",
                           .file = {},
                           .option = {},
                           .advice = "give one with -c, or make one with --generate-config",
                           .path = {}});
    }
    Document document;
    for (const auto& path : paths) {
        std::error_code ignored;
        if (!fs::is_directory(path, ignored)) {
            read_one(document, path);
            continue;
        }
        const auto files = files_of_directory(path);
        if (files.empty()) document.notes.push_back(path + ": has no *.yaml file");
        for (const auto& file : files)
            read_one(document, file);
    }
    return document;
}

}  // namespace aksono::config
