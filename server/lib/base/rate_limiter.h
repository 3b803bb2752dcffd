// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/waiter.h"

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace aksono {

/// Leaky buckets, one per key (a user id, an address …): up to `burst` actions at once, after that
/// `per_second`. What Synapse's rc_* options mean, measured. Safe from any thread.
class RateLimiter {
public:
    struct Rate {
        double per_second;  ///< 0: a full bucket never empties
        double burst;       ///< its fraction is ignored
    };

    explicit RateLimiter(Rate rate, std::function<Millis()> clock = steady_ms);

    struct Verdict {
        bool allowed;
        /// How long until it would be; nothing when never.
        std::optional<Millis> retry_after_ms{};
    };
    /// Whether `count` actions may happen now; they count when they may. What is refused does not
    /// count. `override` stands instead of the limiter's own rate (ratelimit_override); an override
    /// of 0 per second means no limit.
    Verdict take(std::string_view key, double count = 1, std::optional<Rate> override = {});
    /// The same question without counting.
    Verdict look(std::string_view key, double count = 1, std::optional<Rate> override = {});
    /// Counts what happened (a failed login), allowed or not.
    void record(std::string_view key, double count = 1, std::optional<Rate> override = {});

    /// take(), and when refused: half a second's pause, so that clients that do not obey are slowed
    /// down, then MatrixError 429 M_LIMIT_EXCEEDED with retry_after_ms.
    void enforce(Waiter& waiter, std::string_view key, double count = 1,
                 std::optional<Rate> override = {});
    /// The same without counting.
    void enforce_look(Waiter& waiter, std::string_view key, double count = 1,
                      std::optional<Rate> override = {});

private:
    struct Bucket {
        double level;
        double leaks_per_second;
        Millis at;
    };

    Verdict ask(std::string_view key, double count, std::optional<Rate> override, bool counts);
    double level_of(const std::string& key, const Rate& rate, Millis now) const;
    void forget_empty(Millis now);
    static void refuse(Waiter& waiter, const Verdict& verdict);

    Rate rate_;
    std::function<Millis()> clock_;
    std::mutex mutex_;
    std::unordered_map<std::string, Bucket> buckets_;
    Millis next_sweep_;
};

}  // namespace aksono
