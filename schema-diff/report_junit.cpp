// SPDX-License-Identifier: Apache-2.0
#include "datacheck/kinds.h"
#include "escape.h"
#include "report.h"

#include <sstream>

namespace aksono::schema_diff {

namespace {

using synschema::Finding;

bool counts(const Finding& finding, int fail_on) {
    return static_cast<int>(finding.severity) < fail_on;
}

std::string account(const Finding& finding) {
    std::string text = finding.summary + "\n" + finding.object + "\n" + finding.explanation + "\n";
    if (!finding.fix.sql.empty()) return text + "Fix: " + finding.fix.sql + ";\n";
    return finding.fix.command.empty() ? text : text + "What to do: " + finding.fix.command + "\n";
}

struct Case {
    std::string failures;
    std::string first;
    std::string milder;
};

Case case_of(const std::string& id, const Report& report, int fail_on) {
    Case one;
    for (const auto& finding : report.findings) {
        if (finding.id != id) continue;
        if (counts(finding, fail_on)) {
            if (one.first.empty()) one.first = finding.summary;
            one.failures += account(finding) + "\n";
        } else {
            one.milder += account(finding) + "\n";
        }
    }
    return one;
}

}  // namespace

std::string report_junit(const Report& report, int fail_on) {
    std::ostringstream cases;
    int tests = 0;
    int failed = 0;
    for (const auto& kind : datacheck::all_kinds()) {
        const auto one = case_of(kind.id, report, fail_on);
        ++tests;
        cases << "    <testcase classname=\"" << (kind.of_rows ? "rows" : "shape") << "\" name=\""
              << escaped(kind.id) << "\">\n";
        if (!one.failures.empty()) {
            ++failed;
            cases << "      <failure message=\"" << escaped(one.first) << "\">"
                  << escaped(one.failures) << "</failure>\n";
        }
        if (!one.milder.empty())
            cases << "      <system-out>" << escaped(one.milder) << "</system-out>\n";
        cases << "    </testcase>\n";
    }
    std::ostringstream out;
    out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"aksono-schema-diff\" "
        << "tests=\"" << tests << "\" failures=\"" << failed << "\">\n  <testsuite name=\""
        << escaped(report.live.server.database) << "\" tests=\"" << tests << "\" failures=\""
        << failed << "\" errors=\"0\" skipped=\"0\" time=\""
        << static_cast<double>(report.took) / 1000 << "\">\n"
        << cases.str() << "  </testsuite>\n</testsuites>\n";
    return out.str();
}

}  // namespace aksono::schema_diff
