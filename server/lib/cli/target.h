// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/command.h"
#include "pg/connection.h"
#include "pg/conninfo.h"

#include <optional>

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/variables_map.hpp>

namespace aksono::cli {

/// The database that a verb works on.
struct Target {
    pg::Conninfo conninfo;
    std::string server_name;  ///< empty when not known
    bool allow_unsafe_locale = false;
};

/// Options of a verb, parsed, with the database they name. Empty after `--help`, which was printed.
struct VerbOptions {
    boost::program_options::variables_map values;
    Target target;
    std::optional<Target> state;  ///< where `databases:` keeps the state tables apart
};

/// Parses `arguments` by `options` and what all verbs share: --help, -c/--config, --server-name and
/// a DSN; with `may_be_split`, --state-dsn, and -c may name two databases. Throws UsageError or
/// boost::program_options::error.
std::optional<VerbOptions> parse_verb(const std::string& usage, const std::string& explanation,
                                      const boost::program_options::options_description& options,
                                      const Arguments& arguments, bool may_be_split = false);

/// Connects; throws Unsuitable that says where to and why not.
pg::Connection connect(const Target& target, const std::string& application_name,
                       Millis statement_timeout);

}  // namespace aksono::cli
