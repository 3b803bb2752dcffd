// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace aksono {

/// Milliseconds: of time since the Unix epoch, or of a duration, as the name says.
using Millis = std::int64_t;

/// Wall-clock time, Unix epoch.
Millis now_ms();

/// Monotonic time for deadlines; its zero means nothing.
Millis steady_ms();

}  // namespace aksono
