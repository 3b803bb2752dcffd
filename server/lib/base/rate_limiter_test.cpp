// SPDX-License-Identifier: Apache-2.0
#include "base/rate_limiter.h"

#include "base/matrix_error.h"
#include "base/thread_waiter.h"

#include <catch2/catch.hpp>

using namespace aksono;

namespace {

struct Clocked {
    Millis now = 1'000'000;
    RateLimiter limiter;
    explicit Clocked(RateLimiter::Rate rate) : limiter(rate, [this] { return now; }) {}
};

}  // namespace

TEST_CASE("rate limiter: a burst, then a refusal that says when") {
    Clocked clocked({0.5, 3});
    auto& [now, limiter] = clocked;
    for (int i = 0; i < 3; ++i)
        CHECK(limiter.take("@a:b").allowed);
    now += 186;
    const auto refused = limiter.take("@a:b");
    CHECK_FALSE(refused.allowed);
    CHECK(refused.retry_after_ms == 1814);
    now += 504;
    CHECK(limiter.take("@a:b").retry_after_ms == 1310);
    CHECK(limiter.take("@other:b").allowed);
    now += 1310;
    CHECK(limiter.take("@a:b").allowed);
    CHECK_FALSE(limiter.take("@a:b").allowed);
}

TEST_CASE("rate limiter: looking counts nothing, recording counts always") {
    Clocked clocked({0.1, 2});
    auto& limiter = clocked.limiter;
    for (int i = 0; i < 5; ++i)
        CHECK(limiter.look("k").allowed);
    limiter.record("k");
    limiter.record("k");
    CHECK(limiter.look("k").retry_after_ms == 10'000);
    limiter.record("k");
    CHECK(limiter.look("k").retry_after_ms == 20'000);
}

TEST_CASE("rate limiter: fractions of a burst do not count, and zero rates end") {
    Clocked clocked({0.5, 1.5});
    CHECK(clocked.limiter.take("k").allowed);
    CHECK(clocked.limiter.take("k").retry_after_ms == 2000);
    Clocked shut({0.5, 0});
    CHECK(shut.limiter.take("k").retry_after_ms == 2000);
    Clocked once({0, 1});
    CHECK(once.limiter.take("k").allowed);
    once.now += 1'000'000'000;
    CHECK_FALSE(once.limiter.take("k").allowed);
    CHECK_FALSE(once.limiter.take("k").retry_after_ms.has_value());
}

TEST_CASE("rate limiter: overrides") {
    Clocked clocked({0.5, 1});
    auto& limiter = clocked.limiter;
    for (int i = 0; i < 10; ++i)
        CHECK(limiter.take("k", 1, RateLimiter::Rate{0, 0}).allowed);
    CHECK(limiter.take("k", 1, RateLimiter::Rate{1, 2}).allowed);
    CHECK(limiter.take("k", 1, RateLimiter::Rate{1, 2}).allowed);
    CHECK(limiter.take("k", 1, RateLimiter::Rate{1, 2}).retry_after_ms == 1000);
}

TEST_CASE("rate limiter: refusals are thrown after a pause") {
    Clocked clocked({0.5, 1});
    ThreadWaiter waiter;
    clocked.limiter.enforce(waiter, "k");
    const Millis before = steady_ms();
    try {
        clocked.limiter.enforce(waiter, "k");
        FAIL("not refused");
    } catch (const MatrixError& error) {
        CHECK(error.status() == 429);
        CHECK(error.body() == Json{{"errcode", "M_LIMIT_EXCEEDED"},
                                   {"error", "Too Many Requests"},
                                   {"retry_after_ms", 2000}});
    }
    CHECK(steady_ms() - before >= 500);
}
