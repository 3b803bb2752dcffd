// SPDX-License-Identifier: Apache-2.0
#include "base/one_line.h"

#include <catch2/catch.hpp>

using aksono::one_line;

TEST_CASE("a text becomes one line") {
    CHECK(one_line("").empty());
    CHECK(one_line(" \r\n\t ").empty());
    CHECK(one_line("plain words") == "plain words");
    CHECK(one_line("ERROR:  no such table\nLINE 1: SELECT\n        ^\n") ==
          "ERROR: no such table LINE 1: SELECT ^");
    CHECK(one_line("\ta\r\n\r\nb ") == "a b");
    CHECK(one_line("größer\n«so»") == "größer «so»");
}
