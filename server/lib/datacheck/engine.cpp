// SPDX-License-Identifier: Apache-2.0
#include "datacheck/engine.h"

#include "datacheck/walker.h"

#include <algorithm>

namespace aksono::datacheck {

namespace {

/// Goes through the questions that can be asked, within the time that there is.
class Round {
public:
    Round(Sessions sessions, const EngineOptions& options, Progress& progress)
        : sessions_(sessions), options_(options), progress_(progress), began_(steady_ms()) {}

    void run(const std::vector<const Probe*>& probes) {
        all_ = static_cast<int>(probes.size());
        std::vector<const Probe*> unfinished;
        for (int i = 0; i < all_; ++i) {
            const auto& probe = *probes[static_cast<std::size_t>(i)];
            // Each has its share of the time; what one leaves is for those after it.
            const auto share = options_.budget ? left() / (all_ - i) : 0;
            if (!ask(probe, i + 1, share)) unfinished.push_back(&probe);
        }
        int number = all_ - static_cast<int>(unfinished.size());
        for (const auto* probe : unfinished)
            ask(*probe, ++number, left());
    }

private:
    [[nodiscard]] Millis left() const {
        return std::max<Millis>(options_.budget.value_or(0) - (steady_ms() - began_), 0);
    }

    /// False when the time was too short.
    bool ask(const Probe& probe, int number, Millis share) {
        const auto until = steady_ms() + share;
        auto& answer = progress_.answers[probe.id];
        const auto timed_out = [&] { return options_.budget && steady_ms() >= until; };
        if (timed_out() && !answer.done) {
            answer.gap = Gap::budget;
            return false;
        }
        Walker walker(probe, sessions_, options_, answer);
        tell(probe, number, 0);
        bool more = walker.begin();
        while (more) {
            more = walker.step();
            tell(probe, number, walker.part());
            if (options_.save) options_.save(progress_);
            if (more && timed_out()) {
                answer.gap = Gap::budget;
                return false;
            }
        }
        return true;
    }

    void tell(const Probe& probe, int number, double part) {
        if (!options_.watch) return;
        options_.watch({probe.id, number, all_, (number - 1 + part) / std::max(all_, 1)});
    }

    Sessions sessions_;
    const EngineOptions& options_;
    Progress& progress_;
    Millis began_;
    int all_ = 0;
};

}  // namespace

void ask_all(const Probes& probes, const Surroundings& surroundings, Sessions sessions,
             const EngineOptions& options, Progress& progress) {
    std::vector<const Probe*> askable;
    for (const auto& probe : probes) {
        const auto why_not = obstacle(probe, surroundings);
        if (!why_not) {
            askable.push_back(&probe);
        } else if (why_not->gap != Gap::none) {
            auto& answer = progress.answers[probe.id];
            answer.gap = why_not->gap;
            answer.why = why_not->why;
        }
    }
    Round(sessions, options, progress).run(askable);
}

}  // namespace aksono::datacheck
