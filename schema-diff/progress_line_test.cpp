// SPDX-License-Identifier: Apache-2.0
#include "progress_line.h"

#include "escape.h"

#include <catch2/catch.hpp>

using namespace aksono::schema_diff;

TEST_CASE("how far, and how long still") {
    CHECK(progress_text({"event-without-json", 12, 60, 0.5}, 31'000) ==
          "50 % event-without-json (12 of 60), about 0:31 left");
    CHECK(progress_text({"a", 1, 60, 0.001}, 5'000) == "0 % a (1 of 60)");
    CHECK(clock_text(65'400) == "1:05");
    CHECK(clock_text(7'384'000) == "2:03:04");
}

TEST_CASE("text for pages") {
    CHECK(escaped("<a href=\"'&'\">\x01\n") ==
          "&lt;a href=&quot;&#39;&amp;&#39;&quot;&gt;\xEF\xBF\xBD\n");
}
