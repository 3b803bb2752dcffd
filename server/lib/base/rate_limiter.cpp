// SPDX-License-Identifier: Apache-2.0
#include "base/rate_limiter.h"

#include "base/matrix_error.h"

#include <algorithm>
#include <cmath>

namespace aksono {
namespace {

constexpr Millis kPause = 500;
constexpr Millis kSweep = 60'000;
// Levels are sums of fractions.
constexpr double kTolerance = 1e-9;

double leaked(double level, double per_second, Millis elapsed) {
    return std::max(0.0, level - per_second * static_cast<double>(elapsed) / 1000);
}

}  // namespace

RateLimiter::RateLimiter(Rate rate, std::function<Millis()> clock)
    : rate_(rate), clock_(std::move(clock)), next_sweep_(clock_() + kSweep) {}

RateLimiter::Verdict RateLimiter::take(std::string_view key, double count,
                                       std::optional<Rate> override) {
    return ask(key, count, override, true);
}

RateLimiter::Verdict RateLimiter::look(std::string_view key, double count,
                                       std::optional<Rate> override) {
    return ask(key, count, override, false);
}

RateLimiter::Verdict RateLimiter::ask(std::string_view key, double count,
                                      std::optional<Rate> override, bool counts) {
    if (override && override->per_second == 0) return {true};
    const Rate rate = override.value_or(rate_);
    const Millis now = clock_();
    const std::string name(key);
    const std::lock_guard lock(mutex_);
    forget_empty(now);
    const double level = level_of(name, rate, now);
    const double excess = level + count - std::floor(rate.burst);
    if (excess <= kTolerance) {
        if (counts) buckets_.insert_or_assign(name, Bucket{level + count, rate.per_second, now});
        return {true};
    }
    if (rate.per_second <= 0) return {false};
    return {false, static_cast<Millis>(excess / rate.per_second * 1000)};
}

void RateLimiter::record(std::string_view key, double count, std::optional<Rate> override) {
    const Rate rate = override.value_or(rate_);
    const Millis now = clock_();
    const std::string name(key);
    const std::lock_guard lock(mutex_);
    const double level = level_of(name, rate, now) + count;
    buckets_.insert_or_assign(name, Bucket{level, rate.per_second, now});
}

double RateLimiter::level_of(const std::string& key, const Rate& rate, Millis now) const {
    const auto it = buckets_.find(key);
    return it == buckets_.end() ? 0
                                : leaked(it->second.level, rate.per_second, now - it->second.at);
}

void RateLimiter::forget_empty(Millis now) {
    if (now < next_sweep_) return;
    next_sweep_ = now + kSweep;
    std::erase_if(buckets_, [&](const auto& entry) {
        const Bucket& bucket = entry.second;
        return leaked(bucket.level, bucket.leaks_per_second, now - bucket.at) <= 0;
    });
}

void RateLimiter::enforce(Waiter& waiter, std::string_view key, double count,
                          std::optional<Rate> override) {
    refuse(waiter, take(key, count, override));
}

void RateLimiter::enforce_look(Waiter& waiter, std::string_view key, double count,
                               std::optional<Rate> override) {
    refuse(waiter, look(key, count, override));
}

void RateLimiter::refuse(Waiter& waiter, const Verdict& verdict) {
    if (verdict.allowed) return;
    waiter.sleep(kPause);
    Json extra = Json::object();
    if (verdict.retry_after_ms) extra["retry_after_ms"] = *verdict.retry_after_ms;
    throw MatrixError(429, "M_LIMIT_EXCEEDED", "Too Many Requests", std::move(extra));
}

}  // namespace aksono
