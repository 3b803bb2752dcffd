// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "background/order.h"
#include "background/shape_work.h"
#include "background/update.h"
#include "base/clock.h"
#include "pg/connection.h"

namespace aksono::background {

enum class End {
    done,
    unbuilt,  ///< nothing here knows how to do it; it stays queued
    failed,   ///< PostgreSQL refused; it stays queued
    waiting,  ///< for one that stays queued
};

/// How an update ended.
struct Result {
    std::string name;
    End end = End::done;
    std::string why;         ///< one sentence, unless it is done
    std::int64_t items = 0;  ///< gone through
    Millis took = 0;
};

struct RunOptions {
    std::set<std::string> only;  ///< empty: all
    Millis throttle = 0;         ///< pause after each step
    std::int64_t batch = 0;      ///< items of each step; 0: as many as take about 100 ms
    Site site;
};

/// Does what is queued in background_updates, in Synapse's order: each step is one transaction with
/// its progress in it, indexes are built concurrently. What cannot be done is set aside with all
/// that waits for it. May be killed at any moment: the next run goes on where it stopped.
class Runner {
public:
    struct Hooks {
        std::function<void(const std::string&)> say;  ///< progress, one line each
        std::function<void(const Result&)> ended;
        std::function<void()> look;  ///< between steps; throws when the run must stop
    };

    /// `connection` has no statement timeout.
    Runner(pg::Connection& connection, const Updates& updates, RunOptions options, Hooks hooks);

    /// In the order in which they ended. Throws what the connection throws when it breaks, and
    /// pg::SqlError when the disk is full.
    std::vector<Result> run();

private:
    void look();
    std::vector<Queued> wanted();
    Result work_on(const Queued& update);
    Result do_it(const Queued& update);
    std::int64_t change_rows(const Update& update);
    Outcome step(const Update& update, std::int64_t batch);
    void complete_shape(const std::string& name);
    void run_shape_step(const ShapeStep& step);
    void note(std::vector<Result>& results, Result result) const;
    void note_waiting(std::vector<Result>& results);

    pg::Connection& connection_;
    const Updates& updates_;
    const std::map<std::string, synschema::KnownUpdate> known_;
    const RunOptions options_;
    const Hooks hooks_;
    std::set<std::string> set_aside_;
    bool stopped_ = false;  ///< the hook said so
};

/// Whether `name` can be done here at all.
bool is_built(const std::string& name, const Updates& updates,
              const std::map<std::string, synschema::KnownUpdate>& known);

}  // namespace aksono::background
