// SPDX-License-Identifier: Apache-2.0
#include "ask_rows.h"

#include "datacheck/probes.h"
#include "glob.h"
#include "verbs.h"

namespace aksono::schema_diff {

namespace {

datacheck::Probes wanted_probes(const std::vector<std::string>& globs) {
    auto probes = datacheck::all_probes();
    std::erase_if(probes, [&](const datacheck::Probe& probe) {
        return !globs.empty() && !matches_any(globs, probe.id);
    });
    return probes;
}

}  // namespace

synschema::Findings ask_rows(const cli::Target& target, const synschema::LiveDatabase& live,
                             const RowOptions& options) {
    const auto probes = wanted_probes(options.only);
    datacheck::Session session([&] { return cli::connect(target, kApplicationName, kNoTimeout); });
    const datacheck::Surroundings surroundings{
        &live,
        &live,
        synschema::excuses_for(live.bookkeeping.background_updates,
                               synschema::load_known_updates()),
        {}};
    datacheck::EngineOptions engine;
    engine.budget = options.budget;
    datacheck::Progress progress;
    datacheck::ask_all(probes, surroundings, {&session, nullptr}, engine, progress);
    return datacheck::findings_of(probes, progress);
}

}  // namespace aksono::schema_diff
