// SPDX-License-Identifier: Apache-2.0
#include "synschema/catalogue.h"

#include "base/json.h"
#include "synschema/embedded.h"
#include "synschema/history.h"
#include "synschema/releases.h"

#include <charconv>
#include <stdexcept>

namespace aksono::synschema {

namespace {

// A new database has rows of versions after the full schema that it began with.
constexpr int kFullSchema = 72;
constexpr int kOldFullSchema = 54;  ///< of versions up to 72

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

Catalogue catalogue_after(int version, const std::set<std::string>& files) {
    const History history;
    Catalogue catalogue;
    catalogue.version = version;
    catalogue.compat_version = compat_version_of(version);
    catalogue.schema = history.shape_after(files);
    const int full_schema = version > kFullSchema ? kFullSchema : kOldFullSchema;
    for (const auto& delta : history.deltas()) {
        const int of = delta_version(delta.file);
        if (of > full_schema && delta.is_shipped_at(version))
            catalogue.deltas.push_back(delta.file);
    }
    add_own_texts(catalogue);
    return catalogue;
}

Catalogue load_catalogue(int version) {
    if (version < kOldestSchema || version > kNewestSchema) {
        throw std::out_of_range("no catalogue of version " + std::to_string(version));
    }
    const History history;
    std::set<std::string> files;
    for (const auto& delta : history.deltas()) {
        if (delta.is_shipped_at(version)) files.insert(delta.file);
    }
    auto catalogue = catalogue_after(version, files);
    if (catalogue.compat_version == 0) catalogue.schema.tables.erase("schema_compat_version");
    return catalogue;
}

int delta_version(const std::string& file) {
    int version = 0;
    std::from_chars(file.data(), file.data() + file.size(), version);
    return version;
}

}  // namespace aksono::synschema
