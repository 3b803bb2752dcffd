// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "synschema/finding.h"
#include "synschema/live_database.h"
#include "synschema/readable_json.h"

namespace aksono::schema_diff {

/// What `check` found out about a database.
struct Report {
    std::string database;  ///< for people: name, host, port, user
    synschema::LiveDatabase live;
    synschema::Findings findings;  ///< worst first
    int questions = 0;             ///< that the rows have answered
    int ignored = 0;               ///< findings that are known
    std::string go_on_from;        ///< file, when the time was up; empty: all was looked at
    Millis took = 0;
};

struct Counts {
    int errors = 0;
    int warnings = 0;
    int infos = 0;
};
Counts count(const synschema::Findings& findings);

/// "error", "warning", "info".
const char* severity_name(synschema::Severity severity);

/// The findings alone, by severity, and how many they are; empty when there are none to tell.
std::string findings_text(const synschema::Findings& findings);

/// One finding as scripts get it.
synschema::OrderedJson finding_json(const synschema::Finding& finding);

/// For an admin to read: a headline, findings by severity, a summary line.
std::string report_text(const Report& report);

/// For scripts: one JSON object.
std::string report_json(const Report& report);

/// For CI systems: a test case for each kind of finding; one fails when a finding counts.
std::string report_junit(const Report& report, int fail_on);

/// One page for a browser.
std::string report_html(const Report& report);

}  // namespace aksono::schema_diff
