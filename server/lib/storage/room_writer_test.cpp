// SPDX-License-Identifier: Apache-2.0
#include "storage/room_writer.h"

#include <catch2/catch.hpp>

using aksono::storage::writer_of_room;

TEST_CASE("rooms go to the writers that Synapse gives them to") {
    const std::vector<std::string> two{"ep1", "ep2"};
    // As a Synapse 1.163.2 with these event persisters did.
    CHECK(writer_of_room(two, "!-u-DnvkTcg-LHQPXHd2KXdz4_0FLYCrJuF7HDXImoGM") == "ep1");
    CHECK(writer_of_room(two, "!87JXqSRoywnJP2g0_HA6YJG7_3s8_jnEo46JHsu0jK8") == "ep1");
    CHECK(writer_of_room(two, "!Hefw5GCx_floTEZ0wIInY-SttV0L-quqSAwqmXV-bHg") == "ep1");
    CHECK(writer_of_room(two, "!XE-x97haXoPs1cbZRAtjTF9v0pzMuzb5gZWB_YZbnYw") == "ep2");
    const std::vector<std::string> three{"ep1", "ep2", "ep3"};
    CHECK(writer_of_room(three, "!hqREJSq3XWMfzF03La7ab7xTqLwcmiaiWoRhAG2nrl8") == "ep1");
    CHECK(writer_of_room(three, "!anVOuwU5zOZ2VOkyIwP0x_z1TKbMeJmdJGobDH7mZyQ") == "ep2");
}

TEST_CASE("one writer writes all rooms") {
    CHECK(writer_of_room({"master"}, "!anything:else") == "master");
}
