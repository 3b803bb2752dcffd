// SPDX-License-Identifier: Apache-2.0
#include "config/scalar.h"

#include <cmath>

#include <catch2/catch.hpp>

using namespace aksono;
using namespace aksono::config;

TEST_CASE("plain scalars mean what PyYAML says they mean") {
    struct Sample {
        const char* text;
        Json value;
    };
    const auto sample = GENERATE(values<Sample>({{"yes", true},
                                                 {"No", false},
                                                 {"on", true},
                                                 {"OFF", false},
                                                 {"y", "y"},
                                                 {"n", "n"},
                                                 {"True", true},
                                                 {"tRue", "tRue"},
                                                 {"0o17", "0o17"},
                                                 {"017", 15},
                                                 {"08", "08"},
                                                 {"0x1F", 31},
                                                 {"0b101", 5},
                                                 {"1_000", 1000},
                                                 {"190:20:30", 685230},
                                                 {"1:60", "1:60"},
                                                 {"190:20:30.15", 685230.15},
                                                 {"8008:80", "8008:80"},
                                                 {"1e3", "1e3"},
                                                 {"1.5e3", "1.5e3"},
                                                 {"1.5e+3", 1500.0},
                                                 {".5", 0.5},
                                                 {"5.", 5.0},
                                                 {"~", nullptr},
                                                 {"null", nullptr},
                                                 {"nULL", "nULL"},
                                                 {"", nullptr},
                                                 {"+5", 5},
                                                 {"-5", -5},
                                                 {"1.2.3", "1.2.3"},
                                                 {"0", 0},
                                                 {"00", 0},
                                                 {"-0", 0},
                                                 {"12e03", "12e03"},
                                                 {"1_0.5", 10.5},
                                                 {"_1", "_1"},
                                                 {"-", "-"},
                                                 {"2001-01-01", "2001-01-01"},
                                                 {"9223372036854775807", 9223372036854775807},
                                                 {"127.0.0.1", "127.0.0.1"},
                                                 {".", "."},
                                                 {"+", "+"},
                                                 {"1:", "1:"},
                                                 {"0x", "0x"}}));
    CAPTURE(sample.text);
    CHECK(resolve_plain_scalar(sample.text) == sample.value);
    CHECK(resolve_plain_scalar(sample.text).type() == Json(sample.value).type());
}

TEST_CASE("infinities, not-a-number and huge integers") {
    CHECK(std::isinf(resolve_plain_scalar(".inf").get<double>()));
    CHECK(resolve_plain_scalar("-.INF").get<double>() < 0);
    CHECK(std::isnan(resolve_plain_scalar(".nan").get<double>()));
    CHECK(resolve_plain_scalar("18446744073709551616").get<double>() == Approx(1.8446744e19));
}
