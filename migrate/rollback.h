// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "synschema/rollback.h"
#include "upgrade_target.h"

namespace aksono::migrate {

/// What stands against a release in one physical database.
struct RollbackReport {
    std::string database;
    std::vector<synschema::RollbackIssue> issues;
};

/// Adds --to.
void add_rollback_options(boost::program_options::options_description& options);

/// Throws cli::UsageError when --to is no release that this program knows.
config::Release read_release(const cli::VerbOptions& parsed);

RollbackReport look_back(pg::Transaction& tx, const Site& site, const config::Release& release);

std::string rollback_text(const std::vector<RollbackReport>& reports,
                          const config::Release& release);
std::string rollback_json(const std::vector<RollbackReport>& reports,
                          const config::Release& release);

/// 10 with errors, 11 with warnings, 0 otherwise.
int rollback_exit_code(const std::vector<RollbackReport>& reports);

}  // namespace aksono::migrate
