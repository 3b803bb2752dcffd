// SPDX-License-Identifier: Apache-2.0
#include "rollback.h"

#include "synschema/introspection.h"
#include "synschema/readable_json.h"
#include "synschema/releases.h"

#include <algorithm>
#include <sstream>

namespace aksono::migrate {

namespace {

using synschema::OrderedJson;
using synschema::Severity;

const char* word_of(Severity severity) {
    if (severity == Severity::error) return "error";
    return severity == Severity::warning ? "warning" : "info";
}

std::size_t count(const std::vector<RollbackReport>& reports, Severity severity) {
    std::size_t sum = 0;
    for (const auto& report : reports) {
        sum += static_cast<std::size_t>(
            std::ranges::count(report.issues, severity, &synschema::RollbackIssue::severity));
    }
    return sum;
}

void print_issue(std::ostream& out, const synschema::RollbackIssue& issue) {
    out << "  " << word_of(issue.severity) << " [" << issue.id << "] " << issue.summary << "\n";
    out << "      " << issue.explanation << "\n";
    for (const auto& sql : issue.prepare)
        out << "      prepare-rollback runs: " << sql << "\n";
    if (!issue.command.empty()) out << "      What to do: " << issue.command << "\n";
}

OrderedJson issue_json(const synschema::RollbackIssue& issue) {
    return {{"id", issue.id},           {"severity", word_of(issue.severity)},
            {"summary", issue.summary}, {"explanation", issue.explanation},
            {"prepare", issue.prepare}, {"command", issue.command}};
}

}  // namespace

void add_rollback_options(boost::program_options::options_description& options) {
    namespace po = boost::program_options;
    options.add_options()(
        "to",
        po::value<std::string>()->default_value(synschema::kNewestRelease)->value_name("X.Y.Z"),
        "the release of Synapse that is to start");
}

config::Release read_release(const cli::VerbOptions& parsed) {
    const auto text = parsed.values["to"].as<std::string>();
    const auto release = config::parse_release(text);
    if (!release) throw cli::UsageError("--to must be a release of Synapse such as 1.163.2");
    if (*release > config::kNewestRelease) {
        throw cli::UsageError("--to " + text + " is newer than this program knows (" +
                              synschema::kNewestRelease + ")");
    }
    if (!synschema::schema_version_of(text)) throw cli::UsageError("--to is 1.0.0 or later");
    return *release;
}

RollbackReport look_back(pg::Transaction& tx, const Site& site, const config::Release& release) {
    auto live = synschema::introspect(tx);
    refuse_unsuitable(live, site);
    if (!live.bookkeeping.version) {
        throw cli::Unsuitable(site.name() + ": table schema_version has no row");
    }
    const auto facts = synschema::read_rollback_facts(tx, std::move(live), site.store);
    return {site.name(), synschema::rollback_issues(facts, release)};
}

std::string rollback_text(const std::vector<RollbackReport>& reports,
                          const config::Release& release) {
    std::ostringstream out;
    for (const auto& report : reports) {
        out << report.database << ", for Synapse " << release.str() << ":\n";
        if (report.issues.empty()) out << "  nothing stands against it.\n";
        for (const auto& issue : report.issues)
            print_issue(out, issue);
    }
    const auto errors = count(reports, Severity::error);
    const auto warnings = count(reports, Severity::warning);
    out << (errors > 0 ? "Not ready: " : "It can start: ") << errors << " errors, " << warnings
        << " warnings.\n";
    return out.str();
}

std::string rollback_json(const std::vector<RollbackReport>& reports,
                          const config::Release& release) {
    OrderedJson databases = OrderedJson::array();
    for (const auto& report : reports) {
        OrderedJson issues = OrderedJson::array();
        for (const auto& issue : report.issues)
            issues.push_back(issue_json(issue));
        databases.push_back({{"database", report.database}, {"issues", issues}});
    }
    const auto errors = count(reports, Severity::error);
    return synschema::readable_json({{"tool", "aksono-migrate"},
                                     {"version", AKSONO_VERSION},
                                     {"to", release.str()},
                                     {"can_start", errors == 0},
                                     {"errors", errors},
                                     {"warnings", count(reports, Severity::warning)},
                                     {"databases", databases}});
}

int rollback_exit_code(const std::vector<RollbackReport>& reports) {
    if (count(reports, Severity::error) > 0) return cli::kErrors;
    return count(reports, Severity::warning) > 0 ? cli::kWarnings : cli::kDone;
}

}  // namespace aksono::migrate
