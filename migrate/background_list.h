// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "background/runner.h"

namespace aksono::migrate {

/// The queue in the order of work: what each does, how long it may take, what it waits for.
std::string list_queue(pg::Transaction& tx, const background::Updates& updates);

}  // namespace aksono::migrate
