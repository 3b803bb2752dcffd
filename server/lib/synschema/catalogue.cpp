// SPDX-License-Identifier: Apache-2.0
#include "synschema/catalogue.h"

#include "synschema/embedded.h"
#include "synschema/schema_json.h"

#include <charconv>

namespace aksono::synschema {

namespace {

void add_own_texts(Catalogue& catalogue) {
    const auto own = Json::parse(embedded_file("own.json"));
    for (const auto& [signature, lines] : own.at("functions").items()) {
        std::string& body = catalogue.function_bodies[signature];
        for (const auto& line : lines)
            body += line.get<std::string>() + "\n";
    }
    for (const auto& [object, text] : own.at("comments").items()) {
        catalogue.comment_texts[object] = text;
    }
}

}  // namespace

Catalogue load_catalogue(int version) {
    const auto file = Json::parse(embedded_file(std::to_string(version) + ".json"));
    Catalogue catalogue;
    if (file.contains("based_on")) {
        catalogue = load_catalogue(file.at("based_on"));
    } else {
        catalogue.schema = read_schema(file);
        add_own_texts(catalogue);
    }
    catalogue.version = file.at("schema_version");
    catalogue.compat_version = file.at("compat_version");
    for (const auto& delta : file.at("applied_deltas"))
        catalogue.deltas.push_back(delta);
    return catalogue;
}

int delta_version(const std::string& file) {
    int version = 0;
    std::from_chars(file.data(), file.data() + file.size(), version);
    return version;
}

}  // namespace aksono::synschema
