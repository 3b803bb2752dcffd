// SPDX-License-Identifier: Apache-2.0
#include "datacheck/media_files.h"

#include <catch2/catch.hpp>

using namespace aksono::datacheck;

TEST_CASE("the place of a file follows from its id, and the other way round") {
    CHECK(path_of_media("BMOtVMCNRjpFxGcRrVTmWTnx") == "BM/Ot/VMCNRjpFxGcRrVTmWTnx");
    CHECK(media_of_path("BM/Ot/VMCNRjpFxGcRrVTmWTnx") == "BMOtVMCNRjpFxGcRrVTmWTnx");
    CHECK_FALSE(media_of_path("README"));
    CHECK_FALSE(media_of_path("BM/Ot/VMCN/1-1-image-png-scale"));
    CHECK_FALSE(media_of_path("lost+found/a/b"));
}
