// SPDX-License-Identifier: Apache-2.0
#include "new_database.h"
#include "synschema/ddl.h"
#include "verbs.h"

#include <iostream>

namespace aksono::migrate {

namespace {

namespace po = boost::program_options;

constexpr const char* kExplanation =
    "Makes the schema that Synapse 1.163.2 has when its background updates have finished\n"
    "(version 94; --version for another one's), with an empty update queue, in a database without\n"
    "tables. All of it is one\n"
    "transaction: when anything fails, the database is as it was.\n";

constexpr Millis kStatementTimeout = 10 * 60 * 1000;

void make_schema(pg::Transaction& tx, const std::vector<std::string>& statements) {
    for (const auto& statement : statements)
        tx.query_text(statement);
}

void print_plan(const cli::Target& target, const synschema::Catalogue& catalogue,
                const std::vector<std::string>& statements) {
    std::cout << "-- " << target.conninfo.describe() << ": schema version " << catalogue.version
              << ", " << catalogue.schema.tables.size() << " tables, " << statements.size()
              << " statements in one transaction\nBEGIN;\n";
    for (const auto& statement : statements)
        std::cout << statement << ";\n";
    std::cout << "COMMIT;\n";
}

}  // namespace

int bootstrap(const cli::Arguments& arguments) {
    po::options_description options("Options");
    options.add_options()("dry-run", "run all of it, print it, and roll it back")(
        "allow-unsafe-locale", "take a database whose collation or ctype is not C")(
        "version", po::value<int>()->default_value(synschema::kSchema)->value_name("N"),
        "make this schema version, as its last release of Synapse does: 58 to 95");
    auto parsed = cli::parse_verb("aksono-migrate bootstrap [options] (DSN | -c homeserver.yaml)",
                                  kExplanation, options, arguments);
    if (!parsed) return cli::kDone;
    auto& target = parsed->target;
    if (parsed->values.contains("allow-unsafe-locale")) target.allow_unsafe_locale = true;
    const bool dry_run = parsed->values.contains("dry-run");

    const int version = parsed->values["version"].as<int>();
    if (version < synschema::kOldestSchema || version > synschema::kNewestSchema) {
        throw cli::UsageError("--version is between " + std::to_string(synschema::kOldestSchema) +
                              " and " + std::to_string(synschema::kNewestSchema));
    }
    const auto catalogue = synschema::load_catalogue(version);
    auto statements = synschema::create_statements(catalogue);
    for (auto& statement : synschema::bookkeeping_statements(catalogue)) {
        statements.push_back(std::move(statement));
    }
    auto connection = cli::connect(target, kApplicationName, kStatementTimeout);
    struct RollBack {};
    try {
        connection.run(pg::Isolation::read_committed, [&](pg::Transaction& tx) {
            refuse_unsuitable(tx, target);
            refuse_used(tx, target, "bootstrap");
            make_schema(tx, statements);
            if (dry_run) throw RollBack();
        });
    } catch (const RollBack&) {
        print_plan(target, catalogue, statements);
        return cli::kDone;
    }
    std::cerr << target.conninfo.describe() << ": made schema version " << catalogue.version << " ("
              << catalogue.schema.tables.size() << " tables)\n";
    return cli::kDone;
}

}  // namespace aksono::migrate
