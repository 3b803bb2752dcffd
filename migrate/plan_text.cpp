// SPDX-License-Identifier: Apache-2.0
#include "plan_text.h"

#include "synschema/releases.h"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace aksono::migrate {

namespace {

using synschema::Lock;
using synschema::Task;

const char* effect_of(Lock lock) {
    switch (lock) {
        case Lock::access_exclusive:
            return "nobody reads or writes";
        case Lock::share_row_exclusive:
        case Lock::share:
            return "nobody writes";
        case Lock::share_update_exclusive:
        case Lock::row_exclusive:
            return "reads and writes go on in";
        case Lock::none:
            break;
    }
    return "";
}

std::string size_text(std::int64_t bytes) {
    if (bytes < 1024 * 1024) return std::to_string(bytes / 1024) + " KiB";
    return std::to_string(bytes / (1024 * 1024)) + " MiB";
}

std::string size_of(const Forecast& forecast, const std::string& table) {
    const auto it = forecast.tables.find(table);
    return size_text(it == forecast.tables.end() ? 0 : it->second.heap_bytes);
}

std::string note_of(const PlannedStatement& statement, const Forecast& forecast) {
    std::string note;
    const auto add = [&](const std::string& part) { note += (note.empty() ? "" : "; ") + part; };
    for (const auto& lock : statement.work.locks) {
        if (lock.lock > Lock::row_exclusive) add(effect_of(lock.lock) + (" " + lock.table));
    }
    const auto& table = statement.work.table;
    switch (statement.work.task) {
        case Task::checks_rows:
        case Task::builds_index:
            if (statement.rows > 0) add("reads all of it, " + size_of(forecast, table));
            break;
        case Task::rewrites:
            add("writes all of it anew, " + size_of(forecast, table));
            break;
        case Task::updates_rows:
        case Task::deletes_rows:
        case Task::inserts_rows:
            if (statement.rows > 0) add("about " + std::to_string(statement.rows) + " rows");
            break;
        default:
            break;
    }
    if (statement.seconds >= 0.05) add("about " + duration_text(statement.seconds));
    if (statement.work.destroys) add("what it holds is lost");
    return note;
}

void print_statements(std::ostream& out, const Forecast& forecast) {
    std::string delta;
    for (const auto& statement : forecast.statements) {
        if (statement.delta != delta) out << statement.delta << "\n";
        delta = statement.delta;
        out << "    " << statement.sql << "\n";
        const auto note = note_of(statement, forecast);
        if (!note.empty()) out << "      -- " << note << "\n";
    }
}

std::size_t count_statements(const synschema::UpgradePlan& plan) {
    std::size_t count = plan.first.size();
    for (const auto& step : plan.steps)
        count += step.before.size() + step.changes.size() + step.after.size();
    return count;
}

void print_holds(std::ostream& out, const Forecast& forecast) {
    out << "About " << duration_text(forecast.seconds) << ".";
    if (forecast.holds.empty()) {
        out << "\n";
        return;
    }
    out << " Locked until the transaction ends, " << forecast.holds.size() << " tables:\n";
    for (const auto& hold : forecast.holds) {
        out << "  " << effect_of(hold.lock) << " " << hold.table << " ("
            << size_of(forecast, hold.table) << "), for about " << duration_text(hold.seconds)
            << "\n";
    }
}

void print_end(std::ostream& out, const Upgradable& found) {
    const int compat =
        std::max(found.live.bookkeeping.compat_version.value_or(0), synschema::kCompatVersion);
    out << "Can start on it before: " << releases_text(found.live.bookkeeping.compat_version)
        << "; after: " << releases_text(compat) << ".\n";
    out << found.plan.queued.size() << " background updates wait afterwards";
    std::string separator = ": ";
    for (const auto& name : found.plan.queued) {
        out << separator << name;
        separator = ", ";
    }
    out << ".\n";
}

}  // namespace

std::string duration_text(double seconds) {
    if (seconds < 1) return std::to_string(std::lround(seconds * 1000)) + " ms";
    if (seconds < 120) return std::to_string(std::lround(seconds)) + " s";
    return std::to_string(std::lround(seconds / 60)) + " min";
}

std::string releases_text(std::optional<int> compat) {
    const auto releases = synschema::releases_that_start(compat.value_or(0));
    return releases ? "Synapse " + releases->first + " to " + releases->last
                    : std::string("no release known here");
}

std::string plan_summary(const std::string& database, const Upgradable& found,
                         const Forecast* forecast) {
    const auto& plan = found.plan;
    std::ostringstream out;
    if (plan.steps.empty()) {
        out << database << ": schema version " << plan.from << ", no delta waits.\n";
        return out.str();
    }
    out << database << ": schema version " << plan.from << " to " << plan.to << ", "
        << plan.steps.size() << " deltas, " << count_statements(plan)
        << " statements, one transaction.\n";
    for (const auto& file : plan.unknown)
        out << "Applied, and of no release known here: " << file << ".\n";
    if (forecast != nullptr) print_holds(out, *forecast);
    print_end(out, found);
    return out.str();
}

std::string plan_text(const std::string& database, const Upgradable& found,
                      const Forecast& forecast) {
    std::ostringstream out;
    if (!found.plan.steps.empty()) {
        print_statements(out, forecast);
        out << "\n";
    }
    out << plan_summary(database, found, &forecast);
    return out.str();
}

}  // namespace aksono::migrate
