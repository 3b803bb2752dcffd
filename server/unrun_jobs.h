// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/config.h"

#include <string>
#include <vector>

namespace aksono {

/// What Synapse does from time to time and Aksono does not do yet, one sentence each, as far as the
/// configuration asks for it. None of it is lost: the next Synapse on this database does it at
/// once.
std::vector<std::string> unrun_jobs(const config::Config& config);

}  // namespace aksono
