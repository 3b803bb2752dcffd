// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "background/queue.h"

namespace aksono::background {

/// The queued updates that have to be done before `update`: its depends_on, and what Synapse only
/// keeps in order by number. Names that are not queued are no hindrance.
std::vector<std::string> blockers(const std::vector<Queued>& queue, const Queued& update);

/// The next one to work on, as Synapse chooses it, leaving out those in `set_aside` and what waits
/// for them; nullptr when there is none.
const Queued* next_update(const std::vector<Queued>& queue, const std::set<std::string>& set_aside);

/// `name` and all that it waits for, directly or not.
std::set<std::string> with_blockers(const std::vector<Queued>& queue, const std::string& name);

}  // namespace aksono::background
