// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"

#include <string>

namespace aksono::config {

/// The bytes of a small file, or the system's reason («No such file or directory»).
Result<std::string> read_file(const std::string& path);

/// Python's way to say that reason: «[Errno 2] No such file or directory: '/x'».
std::string python_errno(int error, const std::string& path);

}  // namespace aksono::config
