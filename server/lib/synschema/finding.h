// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace aksono::synschema {

enum class Severity {
    error,    ///< Synapse or Aksono cannot run on it, or loses or rejects data
    warning,  ///< works, but is not as it should be
    info,     ///< worth knowing, nothing to do
};

/// What to do about a finding: statements, or a command or advice in words.
struct Fix {
    std::string sql;
    std::string command;
    bool online = false;  ///< can be done while a server runs
};

/// One thing that is not as Synapse would have left it.
struct Finding {
    std::string id;  ///< kind of finding, for scripts: "index-missing"
    Severity severity = Severity::error;
    std::string object;       ///< "events.stream_ordering", a file, a sequence…
    std::string summary;      ///< one line
    std::string explanation;  ///< why it matters
    Fix fix;
};

using Findings = std::vector<Finding>;

}  // namespace aksono::synschema
