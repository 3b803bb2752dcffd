// SPDX-License-Identifier: Apache-2.0
#include "plan_json.h"

#include "run_upgrade.h"
#include "synschema/releases.h"

#include <algorithm>
#include <cmath>

namespace aksono::migrate {

namespace {

using synschema::OrderedJson;

double rounded(double seconds) {
    return std::round(seconds * 1000) / 1000;
}

OrderedJson window(std::optional<int> compat) {
    const auto releases = synschema::releases_that_start(compat.value_or(0));
    OrderedJson out = OrderedJson::array();  // empty: none starts
    if (releases) out = {releases->first, releases->last};
    return out;
}

OrderedJson statement_json(const PlannedStatement& statement) {
    OrderedJson locks = OrderedJson::array();
    for (const auto& lock : statement.work.locks)
        locks.push_back({{"table", lock.table}, {"mode", synschema::name_of(lock.lock)}});
    OrderedJson hazards = OrderedJson::array();
    for (const auto hazard : statement.hazards)
        hazards.push_back(name_of(hazard));
    return {{"sql", statement.sql},
            {"kind", synschema::name_of(statement.work.task)},
            {"table", statement.work.table},
            {"locks", locks},
            {"rows", statement.rows},
            {"seconds", rounded(statement.seconds)},
            {"hazards", hazards}};
}

OrderedJson deltas_json(const Forecast& forecast) {
    OrderedJson deltas = OrderedJson::array();
    for (const auto& statement : forecast.statements) {
        if (deltas.empty() || deltas.back().at("delta") != statement.delta) {
            deltas.push_back({{"delta", statement.delta}, {"statements", OrderedJson::array()}});
        }
        deltas.back()["statements"].push_back(statement_json(statement));
    }
    return deltas;
}

const char* name_of_store(synschema::Store store) {
    if (store == synschema::Store::both) return "main and state";
    return store == synschema::Store::main ? "main" : "state";
}

}  // namespace

OrderedJson plan_json(const Site& site, const Upgradable& found, const Forecast& forecast) {
    const auto& plan = found.plan;
    const auto compat = found.live.bookkeeping.compat_version;
    OrderedJson holds = OrderedJson::array();
    for (const auto& hold : forecast.holds) {
        holds.push_back({{"table", hold.table},
                         {"mode", synschema::name_of(hold.lock)},
                         {"seconds", rounded(hold.seconds)}});
    }
    return {{"database", site.name()},
            {"holds", name_of_store(site.store)},
            {"from", plan.from},
            {"to", plan.to},
            {"deltas", plan.steps.empty() ? OrderedJson::array() : deltas_json(forecast)},
            {"unknown_deltas", plan.unknown},
            {"seconds", plan.steps.empty() ? 0 : rounded(forecast.seconds)},
            {"locks", holds},
            {"timeouts",
             {{"lock_seconds", kLockSeconds},
              {"lock_attempts", kLockAttempts},
              {"statement_seconds", nullptr}}},
            {"background_updates", plan.queued},
            {"synapse_releases",
             {{"before", window(compat)},
              {"after", window(std::max(compat.value_or(0), synschema::kCompatVersion))}}}};
}

}  // namespace aksono::migrate
