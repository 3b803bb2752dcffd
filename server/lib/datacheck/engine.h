// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "datacheck/askable.h"
#include "datacheck/session.h"

namespace aksono::datacheck {

/// For whoever watches.
struct Standing {
    std::string probe;  ///< that is being asked
    int number = 0;     ///< of it, from 1
    int all = 0;
    double part = 0;  ///< of all the work, 0 to 1
};

struct EngineOptions {
    std::optional<Millis> budget;  ///< time for all questions; none: as long as it takes
    Millis aim = 1000;             ///< how long one statement should take
    std::size_t objects = 5;       ///< that are named of each kind
    /// Objects that are known and not to be told; nothing: none is.
    std::function<bool(const std::string& id, const std::string& object)> known;
    /// Ids with which that has to be asked: all their objects are fetched.
    std::set<std::string> sifted;
    std::function<void(const Standing&)> watch;
    std::function<void(const Progress&)> save;  ///< after each statement
};

/// The databases that are asked. `state` is nullptr when there is one for both.
struct Sessions {
    Session* main = nullptr;
    Session* state = nullptr;
};

/// Asks all questions that can be asked, each as far as the time goes, and writes down in
/// `progress` what they found; one that is there already is gone on with. Throws ConnectionLost,
/// with `progress` good to go on from.
void ask_all(const Probes& probes, const Surroundings& surroundings, Sessions sessions,
             const EngineOptions& options, Progress& progress);

/// What the answers come to.
synschema::Findings findings_of(const Probes& probes, const Progress& progress);

}  // namespace aksono::datacheck
