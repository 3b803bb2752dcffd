// SPDX-License-Identifier: Apache-2.0
#include "background/pace.h"

#include <algorithm>

namespace aksono::background {

namespace {

constexpr Millis kTarget = 100;

}  // namespace

void Pace::note(std::int64_t items, Millis took) {
    const auto fitting = std::max<std::int64_t>(items, 1) * kTarget / std::max<Millis>(took, 1);
    size_ = std::clamp<std::int64_t>(std::min(fitting, size_ * 2), 1, largest_);
}

}  // namespace aksono::background
