// SPDX-License-Identifier: Apache-2.0
#include "report.h"
#include "synschema/releases.h"

#include <sstream>

namespace aksono::schema_diff {

namespace {

using synschema::Finding;
using synschema::Severity;

constexpr std::size_t kWidth = 96;

/// Breaks `text` between words; every line begins with `indent`.
void wrap(std::ostream& out, const std::string& text, const std::string& indent) {
    std::istringstream words(text);
    std::string line;
    std::string word;
    while (words >> word) {
        if (!line.empty() && indent.size() + line.size() + 1 + word.size() > kWidth) {
            out << indent << line << "\n";
            line.clear();
        }
        line += (line.empty() ? "" : " ") + word;
    }
    if (!line.empty()) out << indent << line << "\n";
}

void headline(std::ostream& out, const Report& report) {
    const auto& server = report.live.server;
    const auto& books = report.live.bookkeeping;
    out << report.database << "\n"
        << "PostgreSQL " << server.version_text << ", " << server.encoding << ", collation "
        << server.collate << "\n"
        << "Schema version " << (books.version ? std::to_string(*books.version) : "unknown");
    if (books.compat_version) {
        const auto releases = synschema::releases_that_start(*books.compat_version);
        out << ", compatible down to " << *books.compat_version << ": "
            << (releases
                    ? "Synapse " + releases->first + " to " + releases->last + " can start on it"
                    : "no release of Synapse known here can start on it");
    }
    out << "\n";
}

void print_finding(std::ostream& out, const Finding& finding) {
    out << "  [" << finding.id << "] " << finding.summary << "\n";
    wrap(out, finding.explanation, "      ");
    if (!finding.summary.contains(finding.object)) wrap(out, finding.object + ".", "      ");
    if (!finding.fix.sql.empty()) {
        out << "      Fix" << (finding.fix.online ? " (while the server runs)" : "") << ":\n";
        std::istringstream lines(finding.fix.sql + ";");
        for (std::string line; std::getline(lines, line);)
            out << "        " << line << "\n";
    } else if (!finding.fix.command.empty()) {
        wrap(out, "What to do: " + finding.fix.command + ".", "      ");
    }
}

void print_group(std::ostream& out, const synschema::Findings& findings, Severity severity,
                 const char* title) {
    bool first = true;
    for (const auto& finding : findings) {
        if (finding.severity != severity) continue;
        out << (first ? "\n" + std::string(title) + "\n" : "\n");
        first = false;
        print_finding(out, finding);
    }
}

/// Notes are many while background updates run: a line each.
void print_notes(std::ostream& out, const synschema::Findings& findings) {
    bool first = true;
    for (const auto& finding : findings) {
        if (finding.severity != Severity::info) continue;
        if (first) out << "\nFor your information\n";
        first = false;
        out << "  [" << finding.id << "] " << finding.summary << "\n";
    }
}

std::string counted(int number, const std::string& word) {
    return std::to_string(number) + " " + word + (number == 1 ? "" : "s");
}

void healthy(std::ostream& out, const Report& report, const Counts& counts) {
    out << "Healthy: " << report.live.schema.tables.size()
        << " tables are as a Synapse of schema version "
        << report.live.bookkeeping.version.value_or(0) << " leaves them";
    if (report.questions > 0)
        out << ", " << counted(report.questions, "question") << " to the rows found nothing";
    if (counts.infos > 0) out << " (" << counted(counts.infos, "note") << ")";
    out << ".\n";
}

}  // namespace

const char* severity_name(Severity severity) {
    switch (severity) {
        case Severity::error:
            return "error";
        case Severity::warning:
            return "warning";
        case Severity::info:
            break;
    }
    return "info";
}

Counts count(const synschema::Findings& findings) {
    Counts counts;
    for (const auto& finding : findings) {
        if (finding.severity == Severity::error) ++counts.errors;
        if (finding.severity == Severity::warning) ++counts.warnings;
        if (finding.severity == Severity::info) ++counts.infos;
    }
    return counts;
}

std::string findings_text(const synschema::Findings& findings) {
    std::ostringstream out;
    print_group(out, findings, Severity::error, "Errors");
    print_group(out, findings, Severity::warning, "Warnings");
    print_notes(out, findings);
    const auto counts = count(findings);
    if (counts.errors + counts.warnings > 0) {
        out << "\n"
            << counted(counts.errors, "error") << ", " << counted(counts.warnings, "warning")
            << ", " << counted(counts.infos, "note") << ".\n";
    }
    return out.str();
}

std::string report_text(const Report& report) {
    std::ostringstream out;
    headline(out, report);
    out << findings_text(report.findings);
    const auto counts = count(report.findings);
    if (counts.errors + counts.warnings == 0) {
        out << "\n";
        healthy(out, report, counts);
    }
    if (report.ignored > 0) out << counted(report.ignored, "finding") << " ignored.\n";
    if (!report.go_on_from.empty()) {
        out << "Not all rows were looked at; to go on from there: --resume " << report.go_on_from
            << "\n";
    }
    return out.str();
}

}  // namespace aksono::schema_diff
