// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/command.h"

namespace aksono::migrate {

/// Makes a fresh Synapse schema in an empty database.
int bootstrap(const cli::Arguments& arguments);

/// Says what `up` would do.
int plan(const cli::Arguments& arguments);

/// Runs the deltas that Synapse would run at its next start.
int up(const cli::Arguments& arguments);

/// Lists or does the background updates that are queued.
int background_updates(const cli::Arguments& arguments);

/// Copies a Synapse's SQLite database into an empty PostgreSQL database.
int port_sqlite(const cli::Arguments& arguments);

/// Does what `up` does, on a copy.
int dry_run(const cli::Arguments& arguments);

/// Says whether an upgraded database is as Synapse would have left it.
int verify(const cli::Arguments& arguments);

/// Says what stands against an older Synapse on this database.
int rollback_check(const cli::Arguments& arguments);

/// Does what can be done about it.
int prepare_rollback(const cli::Arguments& arguments);

/// Makes a restored database safe to go on with.
int restore_guard(const cli::Arguments& arguments);

constexpr const char* kApplicationName = "aksono-migrate";

}  // namespace aksono::migrate
