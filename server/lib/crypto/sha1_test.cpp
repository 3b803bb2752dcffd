// SPDX-License-Identifier: Apache-2.0
#include "crypto/sha1.h"

#include "crypto/hmac.h"

#include <catch2/catch.hpp>

using namespace aksono::crypto;

// FIPS 180-4's example.
TEST_CASE("SHA-1 is as published") {
    CHECK(lower_hex(sha1("abc")) == "a9993e364706816aba3e25717850c26c9cd0d89d");
}
