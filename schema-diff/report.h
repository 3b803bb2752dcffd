// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "synschema/finding.h"
#include "synschema/live_database.h"

namespace aksono::schema_diff {

/// What `check` found out about one database.
struct Report {
    std::string database;  ///< for people: name, host, port, user
    synschema::LiveDatabase live;
    synschema::Findings findings;
};

struct Counts {
    int errors = 0;
    int warnings = 0;
    int infos = 0;
};
Counts count(const synschema::Findings& findings);

/// For an admin to read: a headline, findings by severity, a summary line.
std::string report_text(const Report& report);

/// For scripts: one JSON object.
std::string report_json(const Report& report);

}  // namespace aksono::schema_diff
