// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "audit/audit.h"
#include "cli/target.h"

namespace aksono::schema_diff {

/// The runs of Aksono that an audit is about: one, or several in a row.
using Runs = std::vector<audit::Tenure>;

/// The file of tenures that --tenures or the configuration names.
std::string tenure_file(const boost::program_options::variables_map& values);

/// Reads it; throws cli::UsageError when it cannot be read.
Runs read_runs(const std::string& file);

/// From `first` (a run's name, "last" or "first") to `last` (the same; empty: only `first`).
Runs choose_runs(const Runs& all, const std::string& first, const std::string& last);

/// Public keys of --public-key, else of the configuration's signing keys, present and old.
audit::PublicKeys public_keys(const boost::program_options::variables_map& values);

}  // namespace aksono::schema_diff
