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

}  // namespace

std::vector<Kind> all_kinds() {
    auto kinds = kinds_of_shape();
    std::ranges::move(kinds_of_server(), std::back_inserter(kinds));
    std::ranges::move(kinds_of_config(), std::back_inserter(kinds));
    for (const auto& probe : all_probes())
        kinds.push_back(kind_of(probe));
    std::ranges::sort(kinds, {}, &Kind::id);
    return kinds;
}

}  // namespace aksono::datacheck
