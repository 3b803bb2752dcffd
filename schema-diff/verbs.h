// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/command.h"

namespace aksono::schema_diff {

/// Compares a live database with what Synapse's schema should be; text or JSON on stdout.
int check(const cli::Arguments& arguments);

/// For developers: prints a database's catalogue file.
int catalogue(const cli::Arguments& arguments);

constexpr const char* kApplicationName = "aksono-schema-diff";

}  // namespace aksono::schema_diff
