// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"

#include <cstdint>

namespace aksono::background {

/// How many items a step takes on, so that it lasts about 100 ms: nobody waits for its locks long.
class Pace {
public:
    Pace(std::int64_t first, std::int64_t largest) : size_(first), largest_(largest) {}

    [[nodiscard]] std::int64_t size() const { return size_; }
    /// A step with `items` items took so long. Grows twofold at most at a time.
    void note(std::int64_t items, Millis took);

private:
    std::int64_t size_;
    std::int64_t largest_;
};

}  // namespace aksono::background
