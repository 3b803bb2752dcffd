// SPDX-License-Identifier: Apache-2.0
#include "cli/target.h"
#include "synschema/introspection.h"
#include "synschema/schema_json.h"
#include "verbs.h"

#include <iostream>

namespace aksono::schema_diff {

namespace po = boost::program_options;

int catalogue(const cli::Arguments& arguments) {
    po::options_description options("Options");
    options.add_options()("made-by",
                          po::value<std::string>()->default_value("")->value_name("TEXT"),
                          "release that made the database, for the catalogue's head");
    const auto parsed = cli::parse_verb(
        "aksono-schema-diff catalogue [options] DSN > NN.json",
        "Prints a database's shape as the catalogue files of this program hold it. The database\n"
        "should be fresh from Synapse, its background updates finished.\n",
        options, arguments);
    if (!parsed) return cli::kDone;

    auto connection = cli::connect(parsed->target, kApplicationName, 60'000);
    const auto live = connection.in(pg::Isolation::repeatable_read_only, synschema::introspect);
    std::cout << synschema::write_catalogue(live, parsed->values["made-by"].as<std::string>());
    return cli::kDone;
}

}  // namespace aksono::schema_diff
