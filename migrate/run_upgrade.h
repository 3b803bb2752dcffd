// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "upgrade_target.h"

#include <functional>

namespace aksono::migrate {

constexpr int kLockSeconds = 10;  ///< a lock that others hold is waited for
constexpr int kLockAttempts = 5;  ///< and asked for again, all rolled back in between

/// Brings one physical database (or the main and the state one, each in its transaction, committed
/// one right after the other) where `options` says; throws when anything is in the way, with
/// nothing done. Files are told on stderr. `check` looks at each session before it writes, and may
/// throw.
void run_upgrade(
    const std::vector<Site>& sites, const synschema::UpgradeOptions& options,
    const std::function<void(pg::Transaction&)>& check = [](pg::Transaction&) {});

}  // namespace aksono::migrate
