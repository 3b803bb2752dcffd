// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/config.h"

#include <string>
#include <vector>

namespace aksono::config {

/// What --check-config prints: every option of the files and what becomes of it, one line each.
std::string describe_options(const Config& config);

/// What a starting server says about its configuration, one sentence each: options that are
/// ignored, honoured in part or unknown, values that were capped.
std::vector<std::string> start_notes(const Config& config);

}  // namespace aksono::config
