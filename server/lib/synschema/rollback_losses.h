// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/rollback_floor.h"
#include "synschema/finding.h"

#include <span>

namespace aksono::synschema {

/// Rows that releases before `since` do not look at.
struct RollbackLoss {
    const char* id;
    config::Release since;
    const char* table;
    const char* column;  ///< that must be there
    const char* condition;
    Severity severity;
    const char* what;  ///< goes on after the number of rows
    const char* explanation;
};

std::span<const RollbackLoss> rollback_losses();

}  // namespace aksono::synschema
