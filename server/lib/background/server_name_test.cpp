// SPDX-License-Identifier: Apache-2.0
#include "background/server_name.h"

#include <catch2/catch.hpp>

using aksono::background::is_server_name;

TEST_CASE("names that a server can have") {
    for (const char* name :
         {"example.org", "host", "1", "10.0.0.1", "300.1.1.1", "Upper.example", "-dash.example",
          "host.example:8448", "host.example:123456", "[::1]", "[2001:db8::1]:8448"}) {
        CAPTURE(name);
        CHECK(is_server_name(name));
    }
}

TEST_CASE("names that no server can have") {
    for (const char* name : {"", ".", "..", "host..example", ".example", "example.",
                             "under_score.example", "a b.example", "https://example.org",
                             "host.example/path", "host.example:", "host.example:port", "host:1:2",
                             "[::1", "[zz]", "[]", "[::1]x", "é.example", "a.b\n"}) {
        CAPTURE(name);
        CHECK_FALSE(is_server_name(name));
    }
}
