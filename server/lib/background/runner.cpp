// SPDX-License-Identifier: Apache-2.0
#include "background/runner.h"

#include "background/pace.h"
#include "background/refusal.h"
#include "synschema/introspection.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace aksono::background {

namespace {

constexpr int kTries = 6;
constexpr Millis kReportEvery = 5000;

void sleep_for(Millis duration) {
    if (duration > 0) std::this_thread::sleep_for(std::chrono::milliseconds(duration));
}

/// Tries again while others hold what `work` needs.
template <class Work>
auto persist(Work&& work) {
    for (int tries = 1;; ++tries) {
        try {
            return work();
        } catch (const pg::SqlError& error) {
            if (!is_passing(error) || tries == kTries) throw;
        }
        sleep_for(100 * tries);
    }
}

}  // namespace

bool is_built(const std::string& name, const Updates& updates,
              const std::map<std::string, synschema::KnownUpdate>& known) {
    if (updates.contains(name)) return true;
    const auto it = known.find(name);
    if (it == known.end() || it->second.obsolete) return false;
    if (changes_rows_too(name)) return false;
    const auto patches = shape_patches(name, it->second);
    return !patches.empty() && std::ranges::all_of(patches, only_indexes_and_constraints);
}

Runner::Runner(pg::Connection& connection, const Updates& updates, RunOptions options, Hooks hooks)
    : connection_(connection),
      updates_(updates),
      known_(synschema::load_known_updates()),
      options_(std::move(options)),
      hooks_(std::move(hooks)) {}

void Runner::look() {
    stopped_ = true;  // unless it comes back
    hooks_.look();
    stopped_ = false;
}

/// The queue, or what was asked for of it.
std::vector<Queued> Runner::wanted() {
    auto queue = connection_.in(pg::Isolation::read_committed, read_queue);
    if (options_.only.empty()) return queue;
    std::erase_if(queue, [&](const Queued& each) { return !options_.only.contains(each.name); });
    return queue;
}

std::vector<Result> Runner::run() {
    std::vector<Result> results;
    for (;;) {
        look();
        const auto queue = wanted();
        const auto* update = next_update(queue, set_aside_);
        if (update == nullptr) break;
        note(results, work_on(*update));
        if (results.back().end != End::done) set_aside_.insert(update->name);
    }
    note_waiting(results);
    return results;
}

void Runner::note(std::vector<Result>& results, Result result) const {
    results.push_back(std::move(result));
    hooks_.ended(results.back());
}

/// What waits for those that stay queued.
void Runner::note_waiting(std::vector<Result>& results) {
    const auto queue = wanted();
    for (const auto& update : queue) {
        if (set_aside_.contains(update.name)) continue;
        const auto before = blockers(queue, update);
        note(results, {update.name, End::waiting,
                       "it waits for " + (before.empty() ? "itself" : before.front()), 0, 0});
    }
}

Result Runner::work_on(const Queued& update) {
    const auto start = steady_ms();
    auto result = do_it(update);
    result.took = steady_ms() - start;
    return result;
}

Result Runner::do_it(const Queued& update) {
    const auto& name = update.name;
    if (!is_built(name, updates_, known_)) {
        return {name, End::unbuilt, "only Synapse can do it so far", 0, 0};
    }
    const auto it = updates_.find(name);
    if (it != updates_.end() && it->second.needs_server_name && options_.site.server_name.empty()) {
        return {name, End::failed, "it needs --server-name", 0, 0};
    }
    Result result{name, End::done, "", 0, 0};
    try {
        if (it != updates_.end()) result.items = change_rows(it->second);
        complete_shape(name);
        connection_.run(pg::Isolation::read_committed,
                        [&](pg::Transaction& tx) { finish(tx, name); });
        return result;
    } catch (const pg::BrokenConnection&) {
        throw;
    } catch (const pg::SqlError& error) {
        if (stopped_ || is_fatal(error)) throw;
        return {name, End::failed, first_line(error.what()), result.items, 0};
    } catch (const std::exception& error) {
        if (stopped_) throw;
        return {name, End::failed, error.what(), result.items, 0};
    }
}

/// All steps that are left; how many items they went through.
std::int64_t Runner::change_rows(const Update& update) {
    Pace pace(update.first_batch, update.largest_batch);
    const auto batch = [&] { return options_.batch > 0 ? options_.batch : pace.size(); };
    std::int64_t items = 0;
    auto reported = steady_ms();
    for (;;) {
        look();
        const auto start = steady_ms();
        const auto outcome = persist([&] { return step(update, batch()); });
        items += outcome.items;
        if (outcome.done) return items;
        pace.note(outcome.items, steady_ms() - start);
        if (steady_ms() - reported >= kReportEvery) {
            hooks_.say(update.name + ": " + std::to_string(items) + " so far, at " +
                       dump_json(outcome.progress));
            reported = steady_ms();
        }
        sleep_for(options_.throttle);
    }
}

/// One step and its progress, together or not at all.
Outcome Runner::step(const Update& update, std::int64_t batch) {
    return connection_.in(pg::Isolation::read_committed, [&](pg::Transaction& tx) {
        const auto progress = lock_progress(tx, update.name);
        if (!progress) return Outcome{.done = true};
        auto outcome = update.step({tx, *progress, batch, options_.site});
        if (!outcome.done) save_progress(tx, update.name, outcome.progress);
        return outcome;
    });
}

void Runner::complete_shape(const std::string& name) {
    const auto known = known_.find(name);
    if (known == known_.end()) return;
    const auto patches = shape_patches(name, known->second);
    if (patches.empty()) return;
    const auto live = connection_.in(pg::Isolation::repeatable_read_only, [](pg::Transaction& tx) {
        return synschema::introspect(tx).schema;
    });
    for (const auto& step : steps_to_complete(live, patches)) {
        look();
        hooks_.say(name + ": " + step.sql);
        run_shape_step(step);
    }
}

void Runner::run_shape_step(const ShapeStep& step) {
    try {
        connection_.run(pg::Isolation::autocommit,
                        [&](pg::Transaction& tx) { tx.query_text(step.sql); });
    } catch (const pg::SqlError& error) {
        if (step.unique && error.sqlstate() == "23505") {
            throw std::runtime_error(explain_duplicates(step));
        }
        throw;
    }
}

}  // namespace aksono::background
