// SPDX-License-Identifier: Apache-2.0
#include "crypto/password.h"

#include <stdexcept>

#include <catch2/catch.hpp>

using namespace aksono::crypto;

TEST_CASE("password: hashes that Python's bcrypt makes") {
    const std::string salt = "$2b$04$abcdefghijklmnopqrstuu";
    CHECK(check_password("", "", salt + "byCG3zY1GIXMyxfivm.ClDiInHzxjiq"));
    CHECK(check_password("password", "", salt + "ghE8Ev8uGFaUgY2cNEySvxngrb/Jzdm"));
    CHECK(check_password("p\xc3\xa4ssw\xc3\xb6rd", "", salt + "yx2n0Zzopyr9QuYTMCfOJJOj526QVoC"));
    CHECK(check_password(std::string(72, 'a'), "", salt + "BzzIgyKkz7xMWYSzkIjUSnxEQFQ0WNe"));
    CHECK_FALSE(check_password("Password", "", salt + "ghE8Ev8uGFaUgY2cNEySvxngrb/Jzdm"));
}

TEST_CASE("password: a hash that Synapse made with a pepper") {
    CHECK(check_password("pw", "pepper\xc3\xa4",
                         "$2b$05$BnoLPRA0PbLiKQYwIoPKIOQFIZ4608MYcOaJWD0QGADdwQkoQ39Ua"));
    CHECK_FALSE(check_password("pw", "pepper",
                               "$2b$05$BnoLPRA0PbLiKQYwIoPKIOQFIZ4608MYcOaJWD0QGADdwQkoQ39Ua"));
}

TEST_CASE("password: only the first 72 bytes count, the pepper among them") {
    const auto hash = hash_password(std::string(80, 'b'), "pepper", 4);
    CHECK(hash.starts_with("$2b$04$"));
    CHECK(check_password(std::string(72, 'b'), "", hash));
    CHECK_FALSE(check_password(std::string(71, 'b'), "", hash));
}

TEST_CASE("password: Unicode forms are alike") {
    const auto hash = hash_password("e\xcc\x81", "", 4);
    CHECK(check_password("\xc3\xa9", "", hash));
    CHECK(check_password("\xef\xbd\x85\xcc\x81", "", hash));  // a full-width e
    CHECK_FALSE(check_password("e", "", hash));
}

TEST_CASE("password: U+0000 and broken hashes") {
    CHECK_THROWS_AS(hash_password(std::string("a\0b", 3), "", 4), std::invalid_argument);
    CHECK_FALSE(check_password(std::string("a\0b", 3), "", hash_password("a", "", 4)));
    for (const char* hash :
         {"", "garbage", "$2b$", "$2b$04$short", "$6$rounds=5000$salt$x", "*0"}) {
        CHECK_FALSE(check_password("a", "", hash));
    }
}
