// SPDX-License-Identifier: Apache-2.0
#include "ask_rows.h"
#include "cli/target.h"
#include "glob.h"
#include "report.h"
#include "synschema/check_database.h"
#include "verbs.h"

#include <algorithm>
#include <iostream>

namespace aksono::schema_diff {

namespace {

namespace po = boost::program_options;

constexpr const char* kExplanation =
    "Compares a database with what Synapse leaves, given the deltas and background updates that\n"
    "it has had (schema versions 58 to 95): tables, columns, indexes, constraints, triggers,\n"
    "functions, sequences, stream positions. Then asks the rows: what refers to what is not "
    "there,\n"
    "what contradicts what.\n"
    "Short read-only transactions; nothing is written or locked, the server may run meanwhile.\n\n"
    "Ends 0: healthy; 10: errors; 11: warnings only; 12: cannot be reached, or no Synapse\n"
    "database; 1: wrong usage.\n";

int exit_code(const Counts& counts) {
    if (counts.errors > 0) return cli::kErrors;
    return counts.warnings > 0 ? cli::kWarnings : cli::kDone;
}

Report look(const cli::Target& target, Millis statement_timeout) {
    const synschema::CheckOptions options{target.server_name, target.allow_unsafe_locale};
    auto connection = cli::connect(target, kApplicationName, statement_timeout);
    auto snapshot = connection.in(pg::Isolation::repeatable_read_only, [&](pg::Transaction& tx) {
        return synschema::take_snapshot(tx, options);
    });
    if (!snapshot.live.schema.tables.contains("schema_version")) {
        throw cli::Unsuitable(target.conninfo.describe() +
                              " has no table schema_version: it is no Synapse database");
    }
    auto findings = synschema::check_database(snapshot, options);
    return {target.conninfo.describe(), std::move(snapshot.live), std::move(findings)};
}

}  // namespace

int check(const cli::Arguments& arguments) {
    po::options_description options("Options");
    options.add_options()("json", "print one JSON object instead of text")(
        "timeout", po::value<int>()->default_value(120)->value_name("SECONDS"),
        "longest time for one statement of the comparison of shapes")("shape-only",
                                                                      "do not ask the rows")(
        "only", po::value<std::string>()->value_name("ID[,ID]"),
        "tell these findings only, and ask the rows for no others (* and ? may be used)")(
        "budget", po::value<int>()->value_name("SECONDS"), "time for the questions to the rows");
    const auto parsed =
        cli::parse_verb("aksono-schema-diff check [options] (DSN | -c homeserver.yaml)",
                        kExplanation, options, arguments);
    if (!parsed) return cli::kDone;
    const int seconds = parsed->values["timeout"].as<int>();
    if (seconds < 1 || seconds > 86400) throw cli::UsageError("--timeout is between 1 and 86400");

    RowOptions rows;
    if (parsed->values.contains("only"))
        rows.only = split_list(parsed->values["only"].as<std::string>());
    if (parsed->values.contains("budget"))
        rows.budget = Millis{1000} * parsed->values["budget"].as<int>();
    auto report = look(parsed->target, Millis{1000} * seconds);
    if (!parsed->values.contains("shape-only")) {
        const auto wrong = ask_rows(parsed->target, report.live, rows);
        report.findings.insert(report.findings.end(), wrong.begin(), wrong.end());
    }
    if (!rows.only.empty()) {
        std::erase_if(report.findings, [&](const synschema::Finding& finding) {
            return !matches_any(rows.only, finding.id);
        });
    }
    std::ranges::stable_sort(report.findings, {}, &synschema::Finding::severity);
    std::cout << (parsed->values.contains("json") ? report_json(report) : report_text(report));
    return exit_code(count(report.findings));
}

}  // namespace aksono::schema_diff
