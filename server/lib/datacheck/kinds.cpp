// SPDX-License-Identifier: Apache-2.0
#include "datacheck/kinds.h"

#include "datacheck/probes.h"

#include <algorithm>

namespace aksono::datacheck {

namespace {

/// "{}" stands for a number, or for objects: here for any.
std::string generalised(std::string text, const std::string& by) {
    for (auto at = text.find("{}"); at != text.npos; at = text.find("{}", at + by.size()))
        text.replace(at, 2, by);
    return text;
}

std::string advice_of(const Probe& probe) {
    if (!probe.fix.sql.empty()) return generalised(probe.fix.sql, "…") + ";";
    return generalised(probe.fix.command, "…");
}

Kind kind_of(const Probe& probe) {
    return {probe.id,          {probe.severity}, generalised(probe.title, "N"),
            probe.explanation, advice_of(probe), true};
}

Kind rows_twice(const std::string& id) {
    return {id,
            {synschema::Severity::error},
            "rows are there more than once, and a unique index is missing",
            "The index that keeps them out cannot be made again before they are gone.",
            "keep the right one of each, then make the index that is missing",
            true};
}

}  // namespace

std::vector<Kind> all_kinds() {
    auto kinds = kinds_of_shape();
    std::ranges::move(kinds_of_server(), std::back_inserter(kinds));
    std::ranges::move(kinds_of_config(), std::back_inserter(kinds));
    for (const auto& probe : all_probes())
        kinds.push_back(kind_of(probe));
    for (const char* id : {"rows-twice", "state-rows-twice"})
        kinds.push_back(rows_twice(id));
    std::ranges::sort(kinds, {}, &Kind::id);
    return kinds;
}

}  // namespace aksono::datacheck
