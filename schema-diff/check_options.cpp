// SPDX-License-Identifier: Apache-2.0
#include "check_options.h"

#include "glob.h"

#include <map>
#include <unistd.h>

namespace aksono::schema_diff {

namespace {

namespace po = boost::program_options;

constexpr const char* kUsage = "aksono-schema-diff check [options] (DSN | -c homeserver.yaml)";
constexpr const char* kExplanation =
    "Compares a database with what Synapse leaves, given the deltas and background updates that\n"
    "it has had (schema versions 58 to 95): tables, columns, indexes, constraints, triggers,\n"
    "functions, sequences, stream positions. Then asks the rows: what refers to what is not "
    "there,\n"
    "what contradicts what, in ranges of about a second each.\n"
    "Safe on a live system: read-only, short snapshots, waits for no lock longer than 100 ms.\n"
    "A role without rights on some tables, or a hot standby, will do.\n"
    "With -c it also compares signatures, ways to log in and files of the media store with the\n"
    "configuration.\n\n"
    "Ends 0: healthy; 10: errors; 11: warnings only; 12: cannot be reached, connection lost, or "
    "no\n"
    "Synapse database; 1: wrong usage.\n";

constexpr int kLongestBudget = 7 * 86400;

po::options_description options() {
    po::options_description options("Options");
    auto add = options.add_options();
    add("shape-only", "do not ask the rows: done in a second, whatever the size");
    add("deep",
        "look for duplicates behind unique indexes too, without use of any; with amcheck: "
        "look at all indexes, and whether each row is in them");
    add("only", po::value<std::string>()->value_name("ID[,ID]"),
        "tell these findings only, and ask the rows nothing else (* and ? are wildcards)");
    add("budget", po::value<int>()->value_name("SECONDS"),
        "time for the rows; what is not looked at by then is told, with a place to go on from");
    add("resume", po::value<std::string>()->value_name("FILE"),
        "go on from this file, if it is there, and keep it up to date meanwhile");
    add("ignore", po::value<std::vector<std::string>>()->value_name("FILE"),
        "TOML file of findings that are known; see docs/check.md");
    add("fail-on", po::value<std::string>()->default_value("warning")->value_name("SEVERITY"),
        "error, warning, info or never: from what on it ends 10 or 11");
    add("json", "print one JSON object instead of text");
    add("junit", po::value<std::string>()->value_name("FILE"), "write a JUnit report as well");
    add("html", po::value<std::string>()->value_name("FILE"), "write a page to read as well");
    add("progress", "show how far it is, also when stderr is no terminal");
    add("timeout", po::value<int>()->default_value(120)->value_name("SECONDS"),
        "longest time for one statement of the comparison of shapes");
    return options;
}

int bounded(const po::variables_map& values, const std::string& name, int most) {
    const int value = values[name].as<int>();
    if (value < 1 || value > most) {
        throw cli::UsageError("--" + name + " is between 1 and " + std::to_string(most));
    }
    return value;
}

int fail_on(const std::string& text) {
    static const std::map<std::string, int> kSeverities{
        {"never", 0}, {"error", 1}, {"warning", 2}, {"info", 3}};
    const auto it = kSeverities.find(text);
    if (it == kSeverities.end()) {
        throw cli::UsageError("--fail-on is error, warning, info or never, not " + text);
    }
    return it->second;
}

std::string text(const po::variables_map& values, const std::string& name) {
    return values.contains(name) ? values[name].as<std::string>() : "";
}

}  // namespace

std::optional<CheckCommand> parse_check(const cli::Arguments& arguments) {
    const auto parsed = cli::parse_verb(kUsage, kExplanation, options(), arguments, true);
    if (!parsed) return std::nullopt;
    const auto& values = parsed->values;
    CheckCommand command;
    command.main = parsed->target;
    command.state = parsed->state;
    if (values.contains("config"))
        command.config_files = values["config"].as<std::vector<std::string>>();
    command.rows = !values.contains("shape-only");
    command.deep = values.contains("deep");
    command.only = split_list(text(values, "only"));
    if (values.contains("budget"))
        command.budget = Millis{1000} * bounded(values, "budget", kLongestBudget);
    command.resume = text(values, "resume");
    if (values.contains("ignore")) {
        for (const auto& file : values["ignore"].as<std::vector<std::string>>()) {
            const auto entries = read_ignore_file(file);
            command.ignore.insert(command.ignore.end(), entries.begin(), entries.end());
        }
    }
    command.fail_on = fail_on(values["fail-on"].as<std::string>());
    command.json = values.contains("json");
    command.junit = text(values, "junit");
    command.html = text(values, "html");
    command.progress = values.contains("progress") || isatty(STDERR_FILENO) == 1;
    command.timeout = Millis{1000} * bounded(values, "timeout", 86400);
    if (!command.rows && (command.budget || command.deep || !command.resume.empty())) {
        throw cli::UsageError(
            "--budget, --deep and --resume are about the rows, --shape-only leaves them");
    }
    return command;
}

}  // namespace aksono::schema_diff
