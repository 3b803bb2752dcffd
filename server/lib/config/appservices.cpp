// SPDX-License-Identifier: Apache-2.0
#include "config/appservices.h"

#include "config/error.h"
#include "config/files.h"
#include "config/yaml.h"

#include <array>
#include <map>

#include <fmt/format.h>

namespace aksono::config {

namespace {

[[noreturn]] void refuse(const std::string& file, const std::string& option,
                         const std::string& sentence, const std::string& advice) {
    throw ConfigError({.sentence = sentence,
                       .file = file,
                       .option = option,
                       .advice = advice,
                       .path = "app_service_config_files"});
}

Json read_yaml(const std::string& file) {
    const auto text = read_file(file);
    if (!text) refuse(file, "", text.error(), "name a registration file that can be read");
    Json root;
    try {
        root = parse_yaml(*text).root;
    } catch (const YamlError& error) {
        refuse(file, "", error.what(), "correct the YAML there");
    }
    if (!root.is_object()) refuse(file, "", "", "must be a mapping");
    return root;
}

void check_fields(const std::string& file, const Json& root) {
    for (const char* field : {"id", "as_token", "hs_token", "sender_localpart"}) {
        if (find_string(root, field) != nullptr) continue;
        refuse(file, field, fmt::format("Required string field: '{}' ({})", field, file),
               "give a text");
    }
    const Json* url = find_member(root, "url");
    if (url == nullptr || !(url->is_string() || url->is_null())) {
        refuse(file, "url", fmt::format("Required string field or explicit null: 'url' ({})", file),
               "give a URL or null");
    }
    const Json* protocols = find_member(root, "protocols");
    if (protocols != nullptr && !protocols->is_null() && !protocols->is_array()) {
        refuse(file, "protocols", "Optional 'protocols' must be a list if present.",
               "give a list of texts");
    }
}

void check_namespaces(const std::string& file, const Json& root) {
    const Json* namespaces = find_member(root, "namespaces");
    if (namespaces == nullptr || !namespaces->is_object()) {
        refuse(file, "namespaces", "Requires 'namespaces' object.", "give a mapping");
    }
    for (const char* kind : {"users", "rooms", "aliases"}) {
        const Json* entries = find_member(*namespaces, kind);
        if (entries == nullptr) continue;
        const std::string option = std::string("namespaces.") + kind;
        if (!entries->is_array()) refuse(file, option, "", "must be a list");
        for (const auto& entry : *entries) {
            const Json* exclusive = find_member(entry, "exclusive");
            if (exclusive != nullptr && exclusive->is_boolean() && find_string(entry, "regex"))
                continue;
            refuse(file, option, "", "each entry needs exclusive (true or false) and regex (text)");
        }
    }
}

}  // namespace

std::vector<std::string> read_appservice_files(const Section& root) {
    constexpr auto kOption = "app_service_config_files";
    const Json* given = root.find(kOption);
    if (given != nullptr && !given->is_array()) {
        root.refuse(kOption,
                    "Expected '" + dump_json(*given) + "' to be a list of AS config files:",
                    "give a list of files", kOption);
    }
    auto files = root.texts(kOption);
    std::map<std::string, std::string> ids;
    std::map<std::string, std::string> tokens;
    for (const auto& file : files) {
        const Json service = read_yaml(file);
        check_fields(file, service);
        check_namespaces(file, service);
        for (auto& [field, name, seen] :
             {std::tuple{"id", "ID", &ids}, std::tuple{"as_token", "as_token", &tokens}}) {
            const auto [it, fresh] = seen->emplace(*find_string(service, field), file);
            if (fresh) continue;
            refuse(file, field,
                   fmt::format("Cannot reuse {} across application services (files: {}, {})", name,
                               file, it->second),
                   "give each its own");
        }
    }
    return files;
}

}  // namespace aksono::config
