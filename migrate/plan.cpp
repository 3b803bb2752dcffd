// SPDX-License-Identifier: Apache-2.0
#include "plan_text.h"
#include "verbs.h"

#include <iostream>

namespace aksono::migrate {

int plan(const cli::Arguments& arguments) {
    boost::program_options::options_description options("Options");
    add_upgrade_options(options);
    const auto parsed = cli::parse_verb(
        "aksono-migrate plan [options] (DSN | -c homeserver.yaml)",
        "Says what `up` would do: each delta with its statements, the locks they take and the\n"
        "tables they read or write whole, the background updates that follow, and the releases\n"
        "of Synapse that can start before and afterwards. Reads only.\n",
        options, arguments);
    if (!parsed) return cli::kDone;
    const auto wanted = read_upgrade_options(*parsed);
    auto connection = cli::connect(parsed->target, kApplicationName, 60'000);
    const auto found = connection.in(pg::Isolation::repeatable_read_only, [&](pg::Transaction& tx) {
        return look(tx, parsed->target, wanted);
    });
    std::cout << plan_text(parsed->target.conninfo.describe(), found);
    return cli::kDone;
}

}  // namespace aksono::migrate
