// SPDX-License-Identifier: Apache-2.0
#include "verbs.h"

int main(int argc, char** argv) {
    using namespace aksono;
    const cli::Tool tool{
        "aksono-schema-diff",
        "Looks at a live Synapse database and says what is wrong with it. Never writes to it.",
        {{"check", "compare a database with what Synapse's schema should be", schema_diff::check},
         {"catalogue", "for developers: print the catalogue of a database that Synapse made",
          schema_diff::catalogue}}};
    return cli::run_tool(tool, argc, argv);
}
