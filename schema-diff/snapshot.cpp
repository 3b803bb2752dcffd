// SPDX-License-Identifier: Apache-2.0
#include "cli/target.h"
#include "synschema/introspection.h"
#include "synschema/schema_json.h"
#include "verbs.h"

#include <iostream>

namespace aksono::schema_diff {

namespace po = boost::program_options;

int snapshot(const cli::Arguments& arguments) {
    po::options_description options("Options");
    options.add_options()("made-by",
                          po::value<std::string>()->default_value("")->value_name("TEXT"),
                          "note for the head of the file: who made the database");
    const auto parsed =
        cli::parse_verb("aksono-schema-diff snapshot [options] (DSN | -c homeserver.yaml) > FILE",
                        "Prints the shape of a database, and which deltas it has had, as JSON: for "
                        "`diff` to compare\n"
                        "with later. No rows of people's are in it.\n",
                        options, arguments);
    if (!parsed) return cli::kDone;

    auto connection = cli::connect(parsed->target, kApplicationName, kNoTimeout);
    const auto live = connection.in(pg::Isolation::repeatable_read_only, synschema::introspect);
    std::cout << synschema::write_catalogue(live, parsed->values["made-by"].as<std::string>());
    return cli::kDone;
}

}  // namespace aksono::schema_diff
