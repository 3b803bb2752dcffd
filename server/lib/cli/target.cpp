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

po::options_description shared_options(bool may_be_split) {
    po::options_description options("Database");
    options.add_options()  //
        ("config,c", po::value<std::vector<std::string>>()->value_name("FILE"),
         "homeserver.yaml that names the database (may be given several times, as for Synapse)")  //
        ("server-name", po::value<std::string>()->value_name("NAME"),
         "the homeserver's name; with -c it is read from there")  //
        ("help,h", "print this text");
    if (may_be_split) {
        options.add_options()("state-dsn", po::value<std::string>()->value_name("DSN"),
                              "the database of the state tables, if they are in one of their own "
                              "(with -c: see `databases`)");
    }
    return options;
}

Target from_dsn(const std::string& dsn) {
    try {
        return {pg::Conninfo::parse(dsn), "", false};
    } catch (const std::invalid_argument& error) {
        throw UsageError(std::string("the DSN is not understood: ") + error.what());
    }
}

Target from_settings(const config::DatabaseSettings& settings, const std::string& server_name) {
    Target target = from_dsn(settings.conninfo);
    target.server_name = server_name;
    target.allow_unsafe_locale = settings.allow_unsafe_locale;
    return target;
}

void from_config(const std::vector<std::string>& files, bool may_be_split, VerbOptions& result) {
    try {
        const auto document = config::read_documents(files);
        const config::Section root(document);
        const auto name = root.text("server_name", "");
        if (!may_be_split) {
            result.target = from_settings(config::read_database(root), name);
            return;
        }
        const auto stores = config::read_data_stores(root);
        result.target = from_settings(stores.main, name);
        if (stores.state) result.state = from_settings(*stores.state, name);
    } catch (const config::ConfigError& error) {
        throw UsageError(error.what());
    }
}

void find_targets(bool may_be_split, VerbOptions& result) {
    const auto& values = result.values;
    const bool config = values.contains("config");
    const bool dsn = values.contains("dsn");
    if (config == dsn) {
        throw UsageError(dsn ? "give a DSN or -c homeserver.yaml, not both"
                             : "which database? Give a DSN or -c homeserver.yaml");
    }
    if (config) {
        from_config(values["config"].as<std::vector<std::string>>(), may_be_split, result);
    } else {
        result.target = from_dsn(values["dsn"].as<std::string>());
    }
    if (values.contains("server-name")) {
        result.target.server_name = values["server-name"].as<std::string>();
    }
    if (!values.contains("state-dsn")) return;
    if (config) throw UsageError("--state-dsn goes with a DSN; -c names both databases");
    result.state = from_dsn(values["state-dsn"].as<std::string>());
    result.state->server_name = result.target.server_name;
}

}  // namespace

std::optional<VerbOptions> parse_verb(const std::string& usage, const std::string& explanation,
                                      const po::options_description& options,
                                      const Arguments& arguments, bool may_be_split) {
    po::options_description shown;
    shown.add(options).add(shared_options(may_be_split));
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
    find_targets(may_be_split, result);
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
