// SPDX-License-Identifier: Apache-2.0
#include "verbs.h"

int main(int argc, char** argv) {
    using namespace aksono;
    const cli::Tool tool{
        "aksono-schema-diff",
        "Looks at a live Synapse database and says what is wrong with it. Never writes to it.",
        {{"check", "compare a database with what Synapse's schema should be", schema_diff::check},
         {"diff", "compare two databases, their shape or their data too", schema_diff::diff},
         {"snapshot", "print the shape of a database, to compare with later",
          schema_diff::snapshot}}};
    return cli::run_tool(tool, argc, argv);
}
