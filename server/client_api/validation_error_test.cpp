// SPDX-License-Identifier: Apache-2.0
#include "client_api/validation_error.h"

#include <catch2/catch.hpp>

using namespace aksono;

namespace {
std::string text_for(Json value) {
    const auto error = client_api::validation_error(
        "Body",
        {{"auth.session", "Input should be a valid string", "string_type", std::move(value)}});
    CHECK(error.errcode() == "M_BAD_JSON");
    return error.text();
}
std::string expected(const std::string& value, const std::string& type) {
    return "1 validation error for Body\nauth.session\n  Input should be a valid string "
           "[type=string_type, input_value=" +
           value + ", input_type=" + type +
           "]\n    For further information visit https://errors.pydantic.dev/2.14/v/string_type";
}
}  // namespace

TEST_CASE("validation error: values are shown as Python shows them") {
    CHECK(text_for(5) == expected("5", "int"));
    CHECK(text_for(1.5) == expected("1.5", "float"));
    CHECK(text_for(1e300) == expected("1e+300", "float"));
    CHECK(text_for(true) == expected("True", "bool"));
    CHECK(text_for(Json::parse(R"({"a":1,"b":[1,null,"x"]})")) ==
          expected("{'a': 1, 'b': [1, None, 'x']}", "dict"));
    CHECK(text_for(Json::array({"it's"})) == expected("[\"it's\"]", "list"));
}

TEST_CASE("validation error: long values are cut in the middle") {
    const auto a = [](int count) { return std::string(static_cast<std::size_t>(count), 'a'); };
    CHECK(text_for(Json::array({a(100)})) == expected("['" + a(23) + "..." + a(22) + "']", "list"));
    CHECK(text_for(a(48)) == expected("'" + a(48) + "'", "str"));
    CHECK(text_for(a(49)) == expected("'" + a(24) + "..." + a(23) + "'", "str"));
}
