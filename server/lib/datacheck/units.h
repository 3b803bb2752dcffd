// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace aksono::datacheck {

/// "512 MiB", "3.4 GiB".
std::string size_text(std::int64_t bytes);

/// "some seconds", "12 minutes", "3 hours", "2 days".
std::string length_text(double seconds);

}  // namespace aksono::datacheck
