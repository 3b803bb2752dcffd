// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/target.h"
#include "ignore_file.h"

namespace aksono::schema_diff {

/// What `check` was told on its command line.
struct CheckCommand {
    cli::Target main;
    std::optional<cli::Target> state;       ///< where the state tables are apart
    std::vector<std::string> config_files;  ///< of -c; empty with a DSN
    bool rows = true;                       ///< ask them, not just look at the shape
    std::vector<std::string> only;          ///< globs of ids; empty: all
    bool deep = false;                      ///< trust no index
    std::optional<Millis> budget;           ///< for the rows
    std::string resume;                     ///< file; empty: none
    std::vector<IgnoreEntry> ignore;
    int fail_on = 2;  ///< findings that count: 1 errors, 2 and warnings, 3 and infos, 0 none
    bool json = false;
    std::string junit;  ///< file; empty: none
    std::string html;   ///< the same
    bool progress = false;
    Millis timeout = 0;  ///< of a statement over the shape
};

/// Empty after --help. Throws cli::UsageError and what boost::program_options throws.
std::optional<CheckCommand> parse_check(const cli::Arguments& arguments);

}  // namespace aksono::schema_diff
