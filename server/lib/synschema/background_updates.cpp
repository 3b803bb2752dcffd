// SPDX-License-Identifier: Apache-2.0
#include "synschema/background_updates.h"

#include "base/json.h"
#include "synschema/embedded.h"

namespace aksono::synschema {

std::map<std::string, KnownUpdate> load_known_updates() {
    const auto file = Json::parse(embedded_file("background_updates.json"));
    const auto names = [](const Json& json, const char* key) {
        return json.value(key, std::vector<std::string>());
    };
    std::map<std::string, KnownUpdate> known;
    for (const auto& [name, json] : file.items()) {
        known[name] = {name,
                       json.at("since"),
                       json.at("does"),
                       json.value("meanwhile", ""),
                       names(json, "builds"),
                       names(json, "drops"),
                       names(json, "validates"),
                       names(json, "changes")};
    }
    return known;
}

Excuses excuses_for(const std::vector<BackgroundUpdate>& pending,
                    const std::map<std::string, KnownUpdate>& known) {
    Excuses excuses;
    for (const auto& update : pending) {
        const auto it = known.find(update.name);
        if (it == known.end()) continue;
        excuses.missing.insert(it->second.builds.begin(), it->second.builds.end());
        excuses.left.insert(it->second.drops.begin(), it->second.drops.end());
        excuses.unvalidated.insert(it->second.validates.begin(), it->second.validates.end());
        excuses.changed.insert(it->second.changes.begin(), it->second.changes.end());
    }
    return excuses;
}

}  // namespace aksono::synschema
