// SPDX-License-Identifier: Apache-2.0
#include "auth/token_source.h"

#include "base/matrix_error.h"

#include <catch2/catch.hpp>

using namespace aksono;

namespace {
std::string refusal(const auth::TokenSource& source) {
    try {
        return std::string(auth::token_of(source));
    } catch (const MatrixError& error) {
        return std::to_string(error.status()) + " " + error.errcode() + " " + error.text();
    }
}
const std::string kInvalid = "401 M_MISSING_TOKEN Invalid Authorization header.";
}  // namespace

TEST_CASE("token source: a bearer header or a query parameter") {
    CHECK(refusal({{"Bearer syt_a"}, {}, "", ""}) == "syt_a");
    CHECK(refusal({{}, {"syt_a"}, "", ""}) == "syt_a");
    CHECK(refusal({{}, {"first", "second"}, "", ""}) == "first");
    CHECK(refusal({{}, {""}, "", ""}).empty());
}

TEST_CASE("token source: Synapse's refusals") {
    CHECK(refusal({}) == "401 M_MISSING_TOKEN Missing access token");
    for (const char* value : {"", "Bearer", "Bearer ", "bearer x", "Basic x", "Bearer  x",
                              "Bearer x y", "Bearer\tx", "token x"}) {
        CHECK(refusal({{value}, {}, "", ""}) == kInvalid);
    }
    CHECK(refusal({{"Bearer a", "Bearer b"}, {}, "", ""}) ==
          "401 M_MISSING_TOKEN Too many Authorization headers.");
    CHECK(refusal({{"Bearer a"}, {"b"}, "", ""}) ==
          "401 M_MISSING_TOKEN Mixing Authorization headers and access_token query parameters.");
}

TEST_CASE("token source: bytes that no token has") {
    const std::string text =
        "400 M_INVALID_PARAM Access token contains characters that are not ASCII";
    CHECK(refusal({{"Bearer syt_\xc3\xa9"}, {}, "", ""}) == text);
    CHECK(refusal({{}, {std::string("a\0b", 3)}, "", ""}) == text);
    CHECK(refusal({{}, {"\xff"}, "", ""}) == text);
}
