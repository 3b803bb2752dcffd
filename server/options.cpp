// SPDX-License-Identifier: Apache-2.0
#include "options.h"

#include <sstream>

#include <boost/program_options.hpp>

namespace aksono {

namespace {

namespace po = boost::program_options;
using Texts = std::vector<std::string>;

po::options_description described() {
    po::options_description all("Options");
    // clang-format off
    all.add_options()
        ("config-path,c", po::value<Texts>()->composing(),
         "a configuration file, or a directory of *.yaml files; may be given several times, top-level "
         "keys of later files replace those of earlier ones")
        ("check-config", "read the configuration, say what becomes of each option, and end")
        ("list-routes", "print the route table and end")
        ("missing", "with --list-routes: only routes that are not built")
        ("read-only", "serve reads and write nothing: beside a running server, or on a standby")
        ("force", po::value<std::string>(),
         "start although sessions on the database look like Synapse; the value must be the server_name")
        ("generate-config", "make a configuration, a log configuration and a signing key, and end")
        ("generate-keys", "make the signing key and the log configuration where they are missing, and end")
        ("generate-missing-configs", "the same as --generate-keys")
        ("server-name,H", po::value<std::string>(), "with --generate-config: the server's name")
        ("report-stats", po::value<std::string>(),
         "with --generate-config: yes or no; what Synapse would do, Aksono reports to nobody")
        ("config-directory", po::value<std::string>(),
         "with --generate-config: where the log configuration and the signing key go")
        ("keys-directory", po::value<std::string>(), "the same as --config-directory")
        ("data-directory", po::value<std::string>(), "with --generate-config: where media and logs go")
        ("no-redirect-stdio,n", "accepted for Synapse's sake: nothing is redirected")
        ("version", "print the version and end")
        ("help,h", "print this and end");
    // clang-format on
    return all;
}

Result<Options::Verb> verb_of(const po::variables_map& given) {
    using Verb = Options::Verb;
    const std::vector<std::pair<const char*, Verb>> verbs{
        {"help", Verb::help},
        {"version", Verb::version},
        {"check-config", Verb::check_config},
        {"list-routes", Verb::list_routes},
        {"generate-config", Verb::generate_config},
        {"generate-keys", Verb::generate_keys},
        {"generate-missing-configs", Verb::generate_keys}};
    std::optional<Verb> chosen;
    for (const auto& [name, verb] : verbs) {
        if (!given.contains(name)) continue;
        if (verb == Verb::help || verb == Verb::version) return verb;
        if (chosen && *chosen != verb) {
            return failure(
                std::string("give only one of --check-config, --list-routes, "
                            "--generate-config and --generate-keys"));
        }
        chosen = verb;
    }
    return chosen.value_or(Verb::run);
}

std::optional<std::string> text(const po::variables_map& given, const char* name) {
    if (!given.contains(name)) return std::nullopt;
    return given[name].as<std::string>();
}

Result<Options> read(const po::variables_map& given) {
    Options options;
    const auto verb = verb_of(given);
    if (!verb) return failure(verb.error());
    options.verb = *verb;
    if (given.contains("config-path")) options.config_paths = given["config-path"].as<Texts>();
    options.missing = given.contains("missing");
    options.read_only = given.contains("read-only");
    options.force = text(given, "force");
    options.server_name = text(given, "server-name");
    options.config_directory =
        text(given, "config-directory").value_or(text(given, "keys-directory").value_or(""));
    options.data_directory = text(given, "data-directory").value_or("");
    if (const auto report = text(given, "report-stats")) {
        if (*report != "yes" && *report != "no") {
            return failure(std::string("--report-stats: give yes or no"));
        }
        options.report_stats = *report == "yes";
    }
    if (options.missing && options.verb != Options::Verb::list_routes) {
        return failure(std::string("--missing goes with --list-routes"));
    }
    return options;
}

}  // namespace

Result<Options> parse_options(int argc, const char* const* argv) {
    po::variables_map given;
    try {
        po::store(po::command_line_parser(argc, argv)
                      .options(described())
                      .positional(po::positional_options_description())
                      .run(),
                  given);
        po::notify(given);
    } catch (const po::error& error) {
        return failure(std::string(error.what()) + "; see aksono --help");
    }
    return read(given);
}

std::string usage() {
    std::ostringstream out;
    out << "Usage: aksono -c homeserver.yaml [-c more.yaml | -c directory] [options]\n\n"
        << described();
    return out.str();
}

}  // namespace aksono
