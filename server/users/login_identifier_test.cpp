// SPDX-License-Identifier: Apache-2.0
#include "users/login_identifier.h"

#include "base/matrix_error.h"

#include <catch2/catch.hpp>

using namespace aksono;

namespace {
std::string read(const char* text) {
    try {
        const auto who = users::read_login_identifier(Json::parse(text));
        if (const auto* user = std::get_if<users::UserIdentifier>(&who)) return user->name;
        const auto& third = std::get<users::ThirdPartyIdentifier>(who);
        return third.medium + " " + third.address;
    } catch (const MatrixError& error) {
        return error.errcode() + " " + error.text();
    }
}
}  // namespace

TEST_CASE("login identifier: today's forms and the old ones") {
    CHECK(read(R"({"identifier":{"type":"m.id.user","user":"alice"}})") == "alice");
    CHECK(read(R"({"user":"@alice:x"})") == "@alice:x");
    CHECK(read(R"({"user":"alice","identifier":{"type":"m.id.user","user":"bob"}})") == "alice");
    CHECK(
        read(R"({"identifier":{"type":"m.id.thirdparty","medium":"email","address":" A@B.c "}})") ==
        "email a@b.c");
    CHECK(read(R"({"medium":"email","address":"a@b.c"})") == "email a@b.c");
    CHECK(
        read(R"({"identifier":{"type":"m.id.phone","country":"GB","number":"+44 7700 900123"}})") ==
        "msisdn 447700900123");
}

TEST_CASE("login identifier: Synapse's refusals") {
    CHECK(read("{}") == "M_INVALID_PARAM Invalid login submission");
    CHECK(read(R"({"user":""})") == "M_INVALID_PARAM Invalid login submission");
    CHECK(read(R"({"identifier":null})") == "M_INVALID_PARAM Invalid login submission");
    CHECK(read(R"({"identifier":{}})") == "M_INVALID_PARAM Invalid login submission");
    CHECK(read(R"({"identifier":"x"})") == "M_MISSING_PARAM 'identifier' dict has no key 'type'");
    CHECK(read(R"({"identifier":{"type":"bogus"}})") == "M_UNKNOWN Unknown login identifier type");
    CHECK(read(R"({"identifier":{"type":"m.id.user"}})") ==
          "M_UNKNOWN User identifier is missing 'user' key");
    CHECK(read(R"({"identifier":{"type":"m.id.user","user":""}})") ==
          "M_UNKNOWN User identifier is missing 'user' key");
    CHECK(read(R"({"identifier":{"type":"m.id.thirdparty"}})") ==
          "M_UNKNOWN Invalid thirdparty identifier");
    CHECK(read(R"({"medium":"email","address":"x"})") == "M_UNKNOWN Unable to parse email address");
    CHECK(read(R"({"identifier":{"type":"m.id.phone"}})") ==
          "M_INVALID_PARAM Invalid phone-type identifier");
    CHECK(read(R"({"identifier":{"type":"m.id.phone","country":"GB","phone":"1"}})") ==
          "M_UNKNOWN Missing JSON keys.");
    CHECK(read(R"({"identifier":{"type":"m.id.phone","country":"GB","number":"abc"}})") ==
          "M_INVALID_PARAM Unable to parse phone number");
}

TEST_CASE("login identifier: where Synapse fails, a clean refusal") {
    CHECK(read(R"({"user":5})") == "M_INVALID_PARAM Bad parameter: user");
    CHECK(read(R"({"user":"a\u0000"})") == "M_INVALID_PARAM Bad parameter: user");
    CHECK(read(R"({"identifier":5})") == "M_INVALID_PARAM Bad parameter: identifier");
}
