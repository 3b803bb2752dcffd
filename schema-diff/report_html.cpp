// SPDX-License-Identifier: Apache-2.0
#include "escape.h"
#include "page_parts.h"
#include "report.h"
#include "synschema/releases.h"

#include <ctime>
#include <iomanip>
#include <sstream>

namespace aksono::schema_diff {

namespace {

using synschema::Finding;
using synschema::Severity;

std::string counted(int number, const std::string& word) {
    return std::to_string(number) + " " + word + (number == 1 ? "" : "s");
}

std::string now_text() {
    const auto now = std::time(nullptr);
    std::tm date{};
    gmtime_r(&now, &date);
    std::ostringstream out;
    out << std::put_time(&date, "%F %R UTC");
    return out.str();
}

void print_head(std::ostream& out, const Report& report) {
    const auto& server = report.live.server;
    const auto& books = report.live.bookkeeping;
    out << "<header><p class=\"soft\">aksono-schema-diff " << AKSONO_VERSION << " · " << now_text()
        << "</p>\n<h1>" << escaped(report.database) << "</h1>\n<p class=\"soft\">PostgreSQL "
        << escaped(server.version_text) << " · " << escaped(server.encoding) << " · collation "
        << escaped(server.collate) << " · schema version "
        << (books.version ? std::to_string(*books.version) : "unknown");
    if (books.compat_version) {
        if (const auto range = synschema::releases_that_start(*books.compat_version))
            out << " · Synapse " << range->first << " to " << range->last << " can start on it";
    }
    out << "</p>\n";
}

void print_verdict(std::ostream& out, const Report& report, const Counts& counts) {
    const char* look = counts.errors > 0 ? "error" : counts.warnings > 0 ? "warning" : "good";
    const char* word = counts.errors > 0 ? "Errors" : counts.warnings > 0 ? "Warnings" : "Healthy";
    out << "<div class=\"verdict " << look << "\"><b>" << word << "</b>"
        << counted(counts.errors, "error") << ", " << counted(counts.warnings, "warning") << ", "
        << counted(counts.infos, "note") << "; " << report.live.schema.tables.size()
        << " tables compared, " << counted(report.questions, "question")
        << " to the rows answered.";
    if (report.ignored > 0) out << " " << counted(report.ignored, "finding") << " ignored.";
    if (!report.go_on_from.empty()) {
        out << "<br>Not all rows were looked at; to go on from there: "
            << "<code>--resume " << escaped(report.go_on_from) << "</code>";
    }
    out << "</div></header>\n";
}

void print_bar(std::ostream& out, const Counts& counts) {
    const auto box = [&](const char* value, const char* text, int number) {
        out << "<label><input type=\"checkbox\" value=\"" << value << "\" checked> " << text
            << "<b>" << number << "</b></label>\n";
    };
    out << "<div class=\"bar\"><input type=\"search\" id=\"search\" aria-label=\"Search\" "
           "placeholder=\"Search: id, object, text\">\n";
    box("error", "Errors", counts.errors);
    box("warning", "Warnings", counts.warnings);
    box("info", "Notes", counts.infos);
    out << "</div><p id=\"shown\"></p>\n";
}

void print_fix(std::ostream& out, const Finding& finding) {
    const auto& fix = finding.fix;
    if (!fix.sql.empty()) {
        out << "<div class=\"fix\"><p class=\"when\">Fix"
            << (fix.online ? ", while the server runs:" : ", while no server runs:") << "</p><pre>"
            << escaped(fix.sql) << ";</pre><button type=\"button\">Copy</button></div>\n";
    } else if (!fix.command.empty()) {
        out << "<div class=\"fix\"><p class=\"when\">What to do: " << escaped(fix.command)
            << "</p></div>\n";
    }
}

void print_finding(std::ostream& out, const Finding& finding) {
    const auto* severity = severity_name(finding.severity);
    out << "<article class=\"" << severity << "\" data-severity=\"" << severity << "\"><p>"
        << "<span class=\"severity\">" << severity << "</span><span class=\"id\">"
        << escaped(finding.id) << "</span></p>\n<h2>" << escaped(finding.summary) << "</h2>\n";
    if (!finding.summary.contains(finding.object))
        out << "<p class=\"objects\">" << escaped(finding.object) << "</p>\n";
    out << "<p>" << escaped(finding.explanation) << "</p>\n";
    print_fix(out, finding);
    out << "</article>\n";
}

}  // namespace

std::string report_html(const Report& report) {
    const auto counts = count(report.findings);
    std::ostringstream out;
    out << "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
           "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
           "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n"
           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>"
        << escaped(report.live.server.database) << ": check</title>\n<style>" << kPageStyle
        << "</style></head>\n<body>\n";
    print_head(out, report);
    print_verdict(out, report, counts);
    out << "<main>\n";
    print_bar(out, counts);
    for (const auto& finding : report.findings)
        print_finding(out, finding);
    out << "</main>\n<footer>aksono-schema-diff explain ID says more of a finding.</footer>\n"
        << "<script>" << kPageScript << "</script></body></html>\n";
    return out.str();
}

}  // namespace aksono::schema_diff
