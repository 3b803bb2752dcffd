// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"

#include <chrono>

namespace aksono {

namespace {
template <class Clock>
Millis since_epoch() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now().time_since_epoch())
        .count();
}
}  // namespace

Millis now_ms() {
    return since_epoch<std::chrono::system_clock>();
}
Millis steady_ms() {
    return since_epoch<std::chrono::steady_clock>();
}

}  // namespace aksono
