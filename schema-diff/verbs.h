// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "cli/command.h"

namespace aksono::schema_diff {

/// Compares a live database with what Synapse's schema should be; text or JSON on stdout.
int check(const cli::Arguments& arguments);

/// Says what a finding means.
int explain(const cli::Arguments& arguments);

/// Prints the shape of a database as JSON.
int snapshot(const cli::Arguments& arguments);

/// Compares two databases, or files of `snapshot`.
int diff(const cli::Arguments& arguments);

/// Recomputes what a run of Aksono wrote.
int audit(const cli::Arguments& arguments);

constexpr const char* kApplicationName = "aksono-schema-diff";
constexpr Millis kNoTimeout = 0;  ///< of statements

}  // namespace aksono::schema_diff
