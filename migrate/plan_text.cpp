// SPDX-License-Identifier: Apache-2.0
#include "plan_text.h"

#include "synschema/releases.h"

#include <algorithm>
#include <sstream>

namespace aksono::migrate {

namespace {

using synschema::Change;
using synschema::Lock;
using synschema::Work;

const char* effect_of(Lock lock) {
    switch (lock) {
        case Lock::access_exclusive:
            return "nobody reads or writes";
        case Lock::share_row_exclusive:
        case Lock::share:
            return "nobody writes";
        case Lock::share_update_exclusive:
            return "reads and writes go on in";
        case Lock::none:
            break;
    }
    return "";
}

std::string size_of(const Upgradable& found, const std::string& table) {
    const auto it = found.table_bytes.find(table);
    const auto bytes = it == found.table_bytes.end() ? 0 : it->second;
    if (bytes < 1024 * 1024) return std::to_string(bytes / 1024) + " KiB";
    return std::to_string(bytes / (1024 * 1024)) + " MiB";
}

void print_change(std::ostream& out, const Upgradable& found, const Change& change) {
    out << "    " << change.sql << "\n";
    if (change.lock == Lock::none) return;
    out << "      -- " << effect_of(change.lock) << " " << change.table;
    if (change.work == Work::scan) out << "; reads all of it, " << size_of(found, change.table);
    if (change.work == Work::rewrite) {
        out << "; writes all of it anew, " << size_of(found, change.table);
    }
    if (!change.also_locked.empty()) out << "; nobody writes " << change.also_locked;
    if (change.destroys) out << "; what it holds is lost";
    out << "\n";
}

/// The strongest lock on each table that is there before; nobody waits for one that is made.
std::map<std::string, Lock> locks_of(const Upgradable& found) {
    std::map<std::string, Lock> locks;
    const auto add = [&](const std::string& table, Lock lock) {
        if (lock == Lock::none || !found.live.schema.tables.contains(table)) return;
        locks[table] = std::max(locks[table], lock);
    };
    for (const auto& step : found.plan.steps) {
        for (const auto& change : step.changes) {
            add(change.table, change.lock);
            add(change.also_locked, Lock::share_row_exclusive);
        }
    }
    return locks;
}

std::string window(std::optional<int> compat) {
    const auto releases = synschema::releases_that_start(compat.value_or(0));
    return releases ? "Synapse " + releases->first + " to " + releases->last
                    : std::string("no release known here");
}

std::size_t count_statements(const synschema::UpgradePlan& plan) {
    std::size_t count = plan.first.size();
    for (const auto& step : plan.steps)
        count += step.before.size() + step.changes.size() + step.after.size();
    return count;
}

void print_end(std::ostream& out, const Upgradable& found) {
    const auto& plan = found.plan;
    const auto locks = locks_of(found);
    if (!locks.empty()) {
        out << "Locked until the transaction ends, " << locks.size() << " tables:\n";
        for (const auto& [table, lock] : locks)
            out << "  " << effect_of(lock) << " " << table << " (" << size_of(found, table)
                << ")\n";
    }
    const int compat =
        std::max(found.live.bookkeeping.compat_version.value_or(0), synschema::kCompatVersion);
    out << "Can start on it before: " << window(found.live.bookkeeping.compat_version)
        << "; after: " << window(compat) << ".\n";
    out << plan.queued.size() << " background updates wait afterwards.\n";
}

}  // namespace

std::string plan_summary(const std::string& database, const Upgradable& found) {
    const auto& plan = found.plan;
    std::ostringstream out;
    if (plan.steps.empty()) {
        out << database << ": schema version " << plan.from << ", no delta waits.\n";
        return out.str();
    }
    out << database << ": schema version " << plan.from << " to " << plan.to << ", "
        << plan.steps.size() << " deltas, " << count_statements(plan)
        << " statements, one transaction.\n";
    print_end(out, found);
    return out.str();
}

std::string plan_text(const std::string& database, const Upgradable& found) {
    std::ostringstream out;
    for (const auto& step : found.plan.steps) {
        out << step.file << "\n";
        for (const auto& sql : step.before)
            out << "    " << sql << "\n";
        for (const auto& change : step.changes)
            print_change(out, found, change);
        for (const auto& sql : step.after)
            out << "    " << sql << "\n";
    }
    if (!found.plan.steps.empty()) out << "\n";
    out << plan_summary(database, found);
    return out.str();
}

}  // namespace aksono::migrate
