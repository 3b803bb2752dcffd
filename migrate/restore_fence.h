// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "upgrade_target.h"

namespace aksono::migrate {

/// One thing that a restored database must not go on with as it is.
struct FenceStep {
    std::string what;   ///< for people; the number of rows stands before it
    std::string count;  ///< SQL: how many rows
    std::vector<std::string> statements;
};

/// Why and how: docs/migrate.md. `margin`: how many ids may have been handed out since the dump.
std::vector<FenceStep> fence_steps(const synschema::Schema& schema, synschema::Store store,
                                   const std::string& server_name, std::int64_t margin);

}  // namespace aksono::migrate
