// SPDX-License-Identifier: Apache-2.0
#include "base/lru_cache.h"

#include <string>

#include <catch2/catch.hpp>

using aksono::LruCache;

TEST_CASE("the entry used longest ago makes room") {
    LruCache<std::string, int> cache(2);
    const auto now = cache.generation();
    cache.put("a", 1, now);
    cache.put("b", 2, now);
    CHECK(cache.get("a") == 1);
    cache.put("c", 3, now);
    CHECK_FALSE(cache.get("b").has_value());
    CHECK(cache.get("a") == 1);
    CHECK(cache.get("c") == 3);
}

TEST_CASE("what was read before an invalidation is not kept") {
    LruCache<std::string, int> cache(2);
    const auto before = cache.generation();
    cache.invalidate("a");
    cache.put("a", 1, before);
    CHECK_FALSE(cache.get("a").has_value());
    cache.put("a", 2, cache.generation());
    CHECK(cache.get("a") == 2);
    cache.clear();
    CHECK(cache.size() == 0);
}
