// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

namespace aksono::migrate {

/// Who has the SQLite database at `path` open, in words («process 4711»); nothing when nobody is
/// seen. Locks tell of all users' processes in WAL mode, which Synapse uses; open files only of
/// those that we may look at. To be asked before this process opens the file: closing it again
/// would drop our own locks.
std::optional<std::string> who_uses(const std::string& path);

/// Changes when a file is written to: size, time, and SQLite's own counter of changes.
std::string fingerprint_of(const std::string& path);

}  // namespace aksono::migrate
