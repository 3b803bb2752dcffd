// SPDX-License-Identifier: Apache-2.0
#include "synschema/background_updates.h"

#include "synschema/embedded.h"

namespace aksono::synschema {

namespace {

/// What one patch leaves open while it has not been made.
class PatchExcuses {
public:
    explicit PatchExcuses(Excuses& excuses) : excuses_(excuses) {}

    void add(const OrderedJson& patch);

private:
    void add_table(const std::string& name, const OrderedJson& table);
    void add_column(const std::string& column, bool goes);

    Excuses& excuses_;
};

void PatchExcuses::add(const OrderedJson& patch) {
    for (const auto& [kind, objects] : patch.items()) {
        if (kind == "rows") continue;
        for (const auto& [name, object] : objects.items()) {
            if (object.is_null()) {
                excuses_.left.insert(name);
            } else if (kind == "tables") {
                add_table(name, object);
            }
        }
    }
}

void PatchExcuses::add_table(const std::string& name, const OrderedJson& table) {
    for (const auto& [kind, parts] : table.items()) {
        for (const auto& [part, value] : parts.items()) {
            if (kind == "columns") {
                add_column(name + "." + part, value.is_null());
            } else if (value.is_null()) {
                excuses_.left.insert(part);
            } else if (kind == "constraints") {
                excuses_.unvalidated.insert(name + "." + part);
            } else {
                excuses_.missing.insert(part);
            }
        }
    }
}

/// A column that goes and comes again has another type.
void PatchExcuses::add_column(const std::string& column, bool goes) {
    if (goes) {
        excuses_.left.insert(column);
    } else {
        excuses_.left.erase(column);
        excuses_.changed.insert(column);
    }
}

}  // namespace

std::map<std::string, KnownUpdate> load_known_updates() {
    const auto file = OrderedJson::parse(embedded_file("background_updates.json"));
    std::map<std::string, KnownUpdate> known;
    for (const auto& [name, json] : file.items()) {
        known[name] = {name,
                       json.at("since"),
                       json.at("does"),
                       json.value("meanwhile", ""),
                       json.value("completes", std::vector<OrderedJson>()),
                       json.value("between", std::vector<std::string>()),
                       json.value("obsolete", false)};
    }
    return known;
}

Excuses excuses_for(const std::vector<BackgroundUpdate>& pending,
                    const std::map<std::string, KnownUpdate>& known) {
    Excuses excuses;
    for (const auto& update : pending) {
        const auto it = known.find(update.name);
        if (it == known.end()) continue;
        for (const auto& patch : it->second.completes)
            PatchExcuses(excuses).add(patch);
        excuses.left.insert(it->second.between.begin(), it->second.between.end());
    }
    return excuses;
}

}  // namespace aksono::synschema
