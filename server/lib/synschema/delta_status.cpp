// SPDX-License-Identifier: Apache-2.0
#include "synschema/delta_status.h"

#include "base/json.h"
#include "synschema/embedded.h"

#include <set>

namespace aksono::synschema {

DeltaStatus delta_status(const Bookkeeping& books, const Catalogue& catalogue) {
    std::set<std::string> applied;
    for (const auto& [version, file] : books.applied_deltas)
        applied.insert(file);
    const std::set<std::string> known(catalogue.deltas.begin(), catalogue.deltas.end());

    DeltaStatus status;
    for (const auto& file : catalogue.deltas) {
        const int version = delta_version(file);
        if (applied.contains(file) || version > kSchema) continue;
        (version == kSchema ? status.unapplied : status.lost).push_back(file);
    }
    for (const auto& file : applied) {
        if (delta_version(file) >= kSchema && !known.contains(file)) status.unknown.push_back(file);
    }
    return status;
}

std::map<std::string, DeltaObjects> load_delta_objects() {
    const auto file = Json::parse(embedded_file("deltas.json"));
    std::map<std::string, DeltaObjects> objects;
    for (const auto& [name, json] : file.items()) {
        const std::vector<std::string> none;
        objects[name] = {json.value("creates", none), json.value("later", none),
                         json.value("drops", none)};
    }
    return objects;
}

}  // namespace aksono::synschema
