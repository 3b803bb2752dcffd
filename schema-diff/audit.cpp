// SPDX-License-Identifier: Apache-2.0
#include "audited.h"
#include "report.h"
#include "synschema/introspection.h"
#include "verbs.h"

#include <algorithm>
#include <iostream>
#include <unistd.h>

#include <fmt/chrono.h>

namespace aksono::schema_diff {

namespace {

namespace po = boost::program_options;
using synschema::OrderedJson;

constexpr const char* kUsage =
    "aksono-schema-diff audit --from RUN [options] (DSN | -c homeserver.yaml)";
constexpr const char* kExplanation =
    "Recomputes what Aksono wrote while it ran: hashes, ids and signatures of events, the state\n"
    "before them, whether the rules let them in, auth chains, extremities, the current state, by\n"
    "code that shares nothing with the server's. Aksono notes its runs in the file that\n"
    "`tenure_file` names. Short read-only transactions; a server may run meanwhile.\n\n"
    "Ends 0: all is as it should be; 10: errors; 12: cannot be reached, or another database;\n"
    "1: wrong usage.\n";
constexpr Millis kStatementTimeout = 10 * 60 * 1000;

constexpr pg::Statement kIdentity{"audit_identity", R"(
SELECT (SELECT system_identifier::text FROM pg_control_system()), d.oid::bigint
FROM pg_database d WHERE d.datname = current_database())"};

constexpr pg::Statement kPositions{"audit_positions", R"(
SELECT sequencename, coalesce(last_value, 0) FROM pg_sequences
WHERE schemaname = current_schema())"};

std::string time_text(Millis at) {
    return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC",
                       fmt::gmtime(static_cast<std::time_t>(at / 1000)));
}

std::string line_of(const audit::Tenure& run) {
    const std::string end =
        run.end ? time_text(run.end->at) + " (" + run.reason + ")" : "no end noted";
    return run.name + "  Aksono " + run.build + "  " + time_text(run.begin.at) + " to " + end;
}

/// Which database it is may be told by a superuser only on some; then it is not compared.
void refuse_other_database(pg::Transaction& tx, const audit::Tenure& run, bool elsewhere) {
    const auto row = tx.query(kIdentity)[0];
    const bool same = row.text(0) == run.system_identifier && row.integer(1) == run.database_oid;
    if (!same && !elsewhere) {
        throw cli::Unsuitable("run " + run.name +
                              " was on another database; give --copy if this is a copy of it");
    }
}

std::map<std::string, std::int64_t> positions(pg::Transaction& tx) {
    std::map<std::string, std::int64_t> found;
    for (const auto row : tx.query(kPositions))
        found[row.text(0)] = row.integer(1);
    return found;
}

/// A run without an end lasted until the next one began, or lasts still.
std::map<std::string, std::int64_t> end_of(const Runs& all, const audit::Tenure& run,
                                           pg::Transaction& tx) {
    if (run.end) return run.end->sequences;
    const auto here = std::ranges::find(all, run.name, &audit::Tenure::name);
    const auto next = here == all.end() ? all.end() : std::next(here);
    return next != all.end() ? next->begin.sequences : positions(tx);
}

std::string result_text(const Runs& runs, const audit::Audit& result, bool signatures) {
    std::string text;
    for (const auto& run : runs)
        text += line_of(run) + "\n";
    text += fmt::format("\nRecomputed {} events of {} rooms{}.\n", result.events, result.rooms,
                        signatures ? "" : "; without a public key no signatures");
    for (const auto& [table, rows] : result.rows) {
        if (rows > 0) text += fmt::format("  {:<44}{:>9} rows\n", table, rows);
    }
    text += findings_text(result.findings);
    const auto counts = count(result.findings);
    if (counts.errors == 0) text += "\nAll of it is as it should be.\n";
    return text;
}

std::string result_json(const Runs& runs, const audit::Audit& result) {
    OrderedJson json{{"tool", "aksono-schema-diff"},    {"version", AKSONO_VERSION},
                     {"runs", OrderedJson::array()},    {"events", result.events},
                     {"rooms", result.rooms},           {"rows", OrderedJson::object()},
                     {"findings", OrderedJson::array()}};
    for (const auto& run : runs)
        json["runs"].push_back(run.name);
    for (const auto& [table, rows] : result.rows)
        json["rows"][table] = rows;
    for (const auto& finding : result.findings)
        json["findings"].push_back(finding_json(finding));
    return synschema::readable_json(json);
}

void list(const Runs& runs) {
    for (const auto& run : runs)
        std::cout << line_of(run) << "\n";
    if (runs.empty()) std::cout << "No run is noted.\n";
}

void watch(std::int64_t done, std::int64_t all) {
    std::cerr << "\r" << done << " of " << all << " events" << (done == all ? "\n" : "");
}

po::options_description audit_options() {
    po::options_description options("Options");
    options.add_options()("from", po::value<std::string>()->value_name("RUN"),
                          "the run to look at; `last` for the last one, `first` for the first")(
        "to", po::value<std::string>()->default_value("")->value_name("RUN"),
        "look at all runs up to this one")("list", "list the runs that are noted")(
        "tenures", po::value<std::string>()->value_name("FILE"),
        "where they are noted; with -c it is read from there")(
        "public-key", po::value<std::vector<std::string>>()->value_name("ed25519:ID=BASE64"),
        "a key that events were signed with; with -c it is read from there")(
        "copy", "this database is a copy of the one that the run wrote to")(
        "json", "print one JSON object instead of text");
    return options;
}

}  // namespace

int audit(const cli::Arguments& arguments) {
    const auto parsed = cli::parse_verb(kUsage, kExplanation, audit_options(), arguments);
    if (!parsed) return cli::kDone;
    const auto& values = parsed->values;
    const auto all = read_runs(tenure_file(values));
    if (values.contains("list")) {
        list(all);
        return cli::kDone;
    }
    if (!values.contains("from")) throw cli::UsageError("which run? Give --from; see --list");
    const auto runs =
        choose_runs(all, values["from"].as<std::string>(), values["to"].as<std::string>());

    audit::Span span;
    span.after = runs.front().begin.sequences;
    span.server_name = runs.front().server_name;
    span.keys = public_keys(values);
    auto connection = cli::connect(parsed->target, kApplicationName, kStatementTimeout);
    const auto live = connection.in(pg::Isolation::repeatable_read_only, [&](pg::Transaction& tx) {
        refuse_other_database(tx, runs.back(), values.contains("copy"));
        span.upto = end_of(all, runs.back(), tx);
        return synschema::introspect(tx);
    });
    const bool watched = isatty(STDERR_FILENO) != 0;
    const auto result = audit::audit(
        connection, live.schema, span, watched ? audit::Progress(watch) : [](auto, auto) {});
    std::cout << (values.contains("json") ? result_json(runs, result)
                                          : result_text(runs, result, !span.keys.empty()));
    return count(result.findings).errors > 0 ? cli::kErrors : cli::kDone;
}

}  // namespace aksono::schema_diff
