// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace aksono::migrate {

/// One line about a backup: what it is, its size and age. Throws cli::UsageError when there is no
/// such file or directory, or nothing in it.
std::string backup_note(const std::string& path);

}  // namespace aksono::migrate
