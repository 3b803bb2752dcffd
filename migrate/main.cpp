// SPDX-License-Identifier: Apache-2.0
#include "verbs.h"

int main(int argc, char** argv) {
    using namespace aksono;
    const cli::Tool tool{
        "aksono-migrate",
        "Makes and changes the schema of a Synapse database.",
        {{"bootstrap", "make a fresh Synapse schema in an empty database", migrate::bootstrap}}};
    return cli::run_tool(tool, argc, argv);
}
