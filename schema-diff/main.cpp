// SPDX-License-Identifier: Apache-2.0
#include "verbs.h"

int main(int argc, char** argv) {
    using namespace aksono;
    const cli::Tool tool{
        "aksono-schema-diff",
        "Looks at a live Synapse database and says what is wrong with it. Never writes to it.",
        {{"check", "say what is wrong with a database, its shape and its rows", schema_diff::check},
         {"explain", "say what a finding of check means", schema_diff::explain},
         {"diff", "compare two databases, their shape or their data too", schema_diff::diff},
         {"audit", "recompute what a run of Aksono wrote", schema_diff::audit},
         {"snapshot", "print the shape of a database, to compare with later",
          schema_diff::snapshot}}};
    return cli::run_tool(tool, argc, argv);
}
