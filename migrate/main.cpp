// SPDX-License-Identifier: Apache-2.0
#include "verbs.h"

int main(int argc, char** argv) {
    using namespace aksono;
    const cli::Tool tool{
        "aksono-migrate",
        "Makes and changes the schema of a Synapse database.",
        {{"plan", "say what `up` would do: statements, locks, what follows", migrate::plan},
         {"up", "run the schema deltas that are not applied yet", migrate::up},
         {"dry-run", "run `up` on a copy and look at the result", migrate::dry_run},
         {"verify", "say whether an upgraded database is as Synapse leaves it", migrate::verify},
         {"background", "list or do the background updates that deltas have queued",
          migrate::background_updates},
         {"rollback-check", "say what stands against an older Synapse", migrate::rollback_check},
         {"prepare-rollback", "do what can be done about it", migrate::prepare_rollback},
         {"restore-guard", "make a restored dump safe to go on with", migrate::restore_guard},
         {"bootstrap", "make a fresh Synapse schema in an empty database", migrate::bootstrap},
         {"port-sqlite", "copy a Synapse's SQLite database into an empty PostgreSQL database",
          migrate::port_sqlite}}};
    return cli::run_tool(tool, argc, argv);
}
