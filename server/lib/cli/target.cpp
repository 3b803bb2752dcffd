// SPDX-License-Identifier: Apache-2.0
#include "cli/target.h"

#include "config/database_settings.h"
#include "config/error.h"

#include <iostream>

#include <boost/program_options/parsers.hpp>
#include <boost/program_options/positional_options.hpp>

namespace aksono::cli {

namespace {

namespace po = boost::program_options;

po::options_description shared_options() {
    po::options_description options("Database");
    options.add_options()  //
        ("config,c", po::value<std::vector<std::string>>()->value_name("FILE"),
         "homeserver.yaml that names the database (may be given several times, as for Synapse)")  //
        ("server-name", po::value<std::string>()->value_name("NAME"),
         "the homeserver's name; with -c it is read from there")  //
        ("help,h", "print this text");
    return options;
}

Target from_dsn(const std::string& dsn) {
    try {
        return {pg::Conninfo::parse(dsn), "", false};
    } catch (const std::invalid_argument& error) {
        throw UsageError(std::string("the DSN is not understood: ") + error.what());
    }
}

Target from_config(const std::vector<std::string>& files) {
    try {
        const auto document = config::read_documents(files);
        const config::Section root(document);
        const auto database = config::read_database(root);
        Target target = from_dsn(database.conninfo);
        target.server_name = root.text("server_name", "");
        target.allow_unsafe_locale = database.allow_unsafe_locale;
        return target;
    } catch (const config::ConfigError& error) {
        throw UsageError(error.what());
    }
}

Target find_target(const po::variables_map& values) {
    const bool config = values.contains("config");
    const bool dsn = values.contains("dsn");
    if (config == dsn) {
        throw UsageError(dsn ? "give a DSN or -c homeserver.yaml, not both"
                             : "which database? Give a DSN or -c homeserver.yaml");
    }
    Target target = config ? from_config(values["config"].as<std::vector<std::string>>())
                           : from_dsn(values["dsn"].as<std::string>());
    if (values.contains("server-name"))
        target.server_name = values["server-name"].as<std::string>();
    return target;
}

}  // namespace

std::optional<VerbOptions> parse_verb(const std::string& usage, const std::string& explanation,
                                      const po::options_description& options,
                                      const Arguments& arguments) {
    po::options_description shown;
    shown.add(options).add(shared_options());
    po::options_description all;
    all.add(shown).add_options()("dsn", po::value<std::string>());
    po::positional_options_description positional;
    positional.add("dsn", 1);

    VerbOptions result;
    po::store(po::command_line_parser(arguments).options(all).positional(positional).run(),
              result.values);
    if (result.values.contains("help")) {
        std::cout << "Usage: " << usage << "\n" << explanation << "\n" << shown;
        return std::nullopt;
    }
    po::notify(result.values);
    result.target = find_target(result.values);
    return result;
}

pg::Connection connect(const Target& target, const std::string& application_name,
                       Millis statement_timeout) {
    auto conninfo = target.conninfo;
    if (conninfo.get("connect_timeout").empty()) conninfo = conninfo.with("connect_timeout", "10");
    try {
        return pg::Connection({conninfo.str(), application_name, statement_timeout});
    } catch (const std::exception& error) {
        throw Unsuitable("cannot connect to " + target.conninfo.describe() + ": " + error.what());
    }
}

}  // namespace aksono::cli
