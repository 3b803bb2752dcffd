// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/command.h"

namespace aksono::migrate {

/// Makes a fresh Synapse schema in an empty database.
int bootstrap(const cli::Arguments& arguments);

constexpr const char* kApplicationName = "aksono-migrate";

}  // namespace aksono::migrate
