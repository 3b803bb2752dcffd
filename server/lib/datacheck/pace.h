// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"

namespace aksono::datacheck {

/// How much one statement of a walk takes on: key numbers, or rows where the key is text. Follows
/// the time that the last ones took, so that each takes about `aim`.
class Pace {
public:
    static constexpr std::int64_t kFirst = 5'000;
    static constexpr std::int64_t kMost = 50'000'000;

    explicit Pace(Millis aim) : aim_(aim) {}

    [[nodiscard]] std::int64_t size() const { return size_; }
    /// The statement was done in that time.
    void took(Millis time);
    /// It was ended, or disturbed, before it was done. False when it cannot be made smaller.
    bool shrink();

private:
    Millis aim_;
    std::int64_t size_ = kFirst;
};

}  // namespace aksono::datacheck
