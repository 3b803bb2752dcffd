// SPDX-License-Identifier: Apache-2.0
#include "base/base64.h"

#include <catch2/catch.hpp>

using namespace aksono;

// https://spec.matrix.org/latest/appendices/#unpadded-base64
TEST_CASE("base64: the specification's examples") {
    CHECK(base64_encode("").empty());
    CHECK(base64_encode("f") == "Zg");
    CHECK(base64_encode("foobar") == "Zm9vYmFy");
    CHECK(base64_url_encode("\xff\xfe\xfd") == "__79");
}

TEST_CASE("base64: decoding accepts padding and both alphabets, nothing else") {
    CHECK(base64_decode("Zg==") == "f");
    CHECK(base64_decode("__79") == "\xff\xfe\xfd");
    CHECK(base64_decode("//79") == "\xff\xfe\xfd");
    CHECK_FALSE(base64_decode("Z").has_value());
    CHECK_FALSE(base64_decode("Z g").has_value());
}
