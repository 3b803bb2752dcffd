// SPDX-License-Identifier: Apache-2.0
#include "storage/stream.h"

#include <catch2/catch.hpp>

using namespace aksono;

TEST_CASE("stream: the position starts where the database is and never moves back") {
    storage::Stream stream("events", "events_stream_seq");
    stream.advance_to(7);
    CHECK(stream.position() == 7);
    stream.advance_to(3);
    CHECK(stream.position() == 7);
    CHECK(stream.ceiling() == 7);
}
