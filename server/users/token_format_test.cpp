// SPDX-License-Identifier: Apache-2.0
#include "users/token_format.h"

#include <catch2/catch.hpp>

using namespace aksono::users;

TEST_CASE("token format: checksums of tokens that Synapse made") {
    CHECK(token_checksum("syt_YWxpY2U_uKwTwUPAxJhWTupHeEpc") == "3WfdNQ");
    CHECK(token_checksum("syt_YWxpY2U_cWoidpkyGihFFovlOZTB") == "0stxs7");
    CHECK(token_checksum("syr_YWxpY2U_wtPFdVHaXwAPorKAKhKl") == "16gdMb");
    CHECK(token_checksum("syt_YWxpY2U_YONRdjksmJbGXJzVBXYO") == "0aKXWN");
}

TEST_CASE("token format: what we make") {
    const auto token = make_access_token("alice");
    CHECK(token.starts_with("syt_YWxpY2U_"));
    CHECK(token.size() == std::string("syt_YWxpY2U_uKwTwUPAxJhWTupHeEpc_3WfdNQ").size());
    CHECK(token != make_access_token("alice"));
    CHECK(make_login_token().starts_with("syl_"));
    CHECK(is_refresh_token(make_refresh_token("alice")));
}

TEST_CASE("token format: refresh tokens are checked") {
    CHECK(is_refresh_token("syr_YWxpY2U_wtPFdVHaXwAPorKAKhKl_16gdMb"));
    CHECK_FALSE(is_refresh_token("syr_YWxpY2U_wtPFdVHaXwAPorKAKhKl_16gdMc"));
    CHECK_FALSE(is_refresh_token("syt_YWxpY2U_uKwTwUPAxJhWTupHeEpc_3WfdNQ"));
    CHECK_FALSE(is_refresh_token("syr_x_y_z"));
    CHECK_FALSE(is_refresh_token(""));
}
