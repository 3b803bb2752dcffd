// SPDX-License-Identifier: Apache-2.0
#include "datacheck/pace.h"

#include <algorithm>

namespace aksono::datacheck {

namespace {
// One range is not like the next: rooms differ a lot, so growth is slow and shrinking is not.
constexpr std::int64_t kGrowth = 4;
constexpr std::int64_t kShrinking = 16;
}  // namespace

void Pace::took(Millis time) {
    const auto fitting = size_ * aim_ / std::max<Millis>(time, 1);
    size_ = std::clamp(fitting, std::max<std::int64_t>(size_ / kShrinking, 1), size_ * kGrowth);
    size_ = std::min(size_, kMost);
}

bool Pace::shrink() {
    if (size_ == 1) return false;
    size_ = std::max<std::int64_t>(size_ / kShrinking, 1);
    return true;
}

}  // namespace aksono::datacheck
