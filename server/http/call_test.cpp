// SPDX-License-Identifier: Apache-2.0
#include "http/call.h"

#include "base/matrix_error.h"
#include "base/thread_waiter.h"
#include "http/uri.h"

#include <catch2/catch.hpp>

using namespace aksono;
using namespace aksono::http;

namespace {

struct Asked {
    Request request;
    ThreadWaiter waiter;
    Call::PathParameters path;

    explicit Asked(std::string_view query, std::string body = "") {
        request.query = parse_query(query);
        request.body = std::move(body);
    }
    [[nodiscard]] Call call() { return {request, waiter, path}; }
};

/// «400 M_UNKNOWN text», or what the function returned as text.
template <class Function>
std::string outcome(Function function) {
    try {
        return Json(function()).dump();
    } catch (const MatrixError& e) {
        return std::to_string(e.status()) + " " + e.errcode() + " " + e.text();
    }
}

std::string integer(std::string_view query) {
    Asked asked(query);
    return outcome([&] { return asked.call().query_integer("n", 7); });
}

std::string body(std::string text) {
    Asked asked("", std::move(text));
    return outcome([&] { return asked.call().json_object(); });
}

}  // namespace

TEST_CASE("call: integers in the query, as Synapse reads them") {
    const std::string not_integer = "400 M_INVALID_PARAM Query parameter n must be an integer";
    CHECK(integer("") == "7");
    CHECK(integer("n=12") == "12");
    CHECK(integer("n=%201%0a") == "1");
    CHECK(integer("n=+1") == "1");
    CHECK(integer("n=%2B1") == "1");
    CHECK(integer("n=1_000") == "1000");
    CHECK(integer("n=99999999999999999999") == "9223372036854775807");
    CHECK(integer("n=1&n=x") == "1");
    for (const auto* bad : {"n=", "n=abc", "n=1.5", "n=_1", "n=1_", "n=1__0", "n=-", "n=%D9%A1"}) {
        CHECK(integer(bad) == not_integer);
    }
    CHECK(integer("n=-1") == "400 M_INVALID_PARAM Query parameter n must be a positive integer.");
    Asked asked("");
    CHECK(outcome([&] { return asked.call().required_query_integer("ts"); }) ==
          "400 M_MISSING_PARAM Missing required integer query parameter ts");
}

TEST_CASE("call: booleans, choices and strings in the query") {
    Asked asked("t=true&f=false&x=True&dir=x&u=%ff&e=%c3%a9&filter=[&list=[]");
    const Call call = asked.call();
    CHECK(call.query_boolean("t", false));
    CHECK_FALSE(call.query_boolean("f", true));
    CHECK(call.query_boolean("none", true));
    CHECK(outcome([&] { return call.query_boolean("x", true); }) ==
          "400 M_INVALID_PARAM Boolean query parameter 'x' must be one of ['true', 'false']");
    CHECK(outcome([&] { return call.query_choice("dir", "f", {"b", "f"}); }) ==
          "400 M_INVALID_PARAM Query parameter 'dir' must be one of ['b', 'f']");
    CHECK(call.query_choice("none", "f", {"b", "f"}) == "f");
    CHECK(outcome([&] { return call.query("e").value(); }) ==
          "400 M_UNKNOWN Query parameter 'e' must be ascii");
    CHECK(call.query_text("e") == "\xc3\xa9");
    CHECK(outcome([&] { return call.query_text("u").value(); }) ==
          "400 M_UNKNOWN Query parameter 'u' must be utf-8");
    CHECK(outcome([&] { return call.required_query("from"); }) ==
          "400 M_MISSING_PARAM Missing string query parameter 'from'");
    for (const auto* name : {"filter", "list"}) {
        CHECK(outcome([&] { return call.query_json(name).value(); }) ==
              std::string("400 M_NOT_JSON Query parameter ") + name +
                  " must be a valid JSON object");
    }
}

TEST_CASE("call: path parameters") {
    Asked asked("");
    asked.path = {{"u", "foo"}, {"v", "@foo"}, {"w", "@a:b"}, {"z", std::string("\0", 1)}};
    const Call call = asked.call();
    CHECK(outcome([&] { return call.user_id("u").str(); }) ==
          "400 M_INVALID_PARAM Expected UserID string to start with '@'");
    CHECK(outcome([&] { return call.user_id("v").str(); }) ==
          "400 M_INVALID_PARAM Expected UserID of the form '@localname:domain'");
    CHECK(call.user_id("w").str() == "@a:b");
    CHECK(call.room_id("u").str() == "foo");
    CHECK(outcome([&] { return call.path("z"); }).starts_with("400 M_INVALID_PARAM"));
    CHECK_THROWS_AS(call.path("nonsense"), std::logic_error);
}

TEST_CASE("call: bodies that are no JSON, or no object") {
    const std::string not_json = "400 M_NOT_JSON Content not JSON.";
    for (const auto* bad :
         {"", " ", "{", "{\"a\":NaN}", "{\"a\":-Infinity}", "{\"a\":\"\xff\"}", "\xef\xbb\xbf{}",
          "{} x", "{\"a\":1,}", "{'a':1}", "{\"a\":\"\xed\xa0\x80\"}", "{\"a\":\"\x01\"}",
          "{\"a\":01}", "{\"a\":+1}", "{\"a\":.5}", "{\"a\":1.}", "{\"a\":\"\\x\"}"}) {
        CHECK(body(bad) == not_json);
    }
    CHECK(body(std::string("{}\0", 3)) == not_json);
    CHECK(body("{\"a\":" + std::string(4301, '1') + "}") == not_json);
    CHECK(body("[]") == "400 M_BAD_JSON Content must be a JSON object.");
    CHECK(body("null") == "400 M_BAD_JSON Content must be a JSON object.");
    CHECK(body("{\"a\":\"\\ud800\"}").starts_with("400 M_INVALID_PARAM"));
    CHECK(body("{\"a\":1,\"a\":2}") == "{\"a\":2}");
    CHECK(body("{\"a\":\"\\u0000\"}") == "{\"a\":\"\\u0000\"}");
    Asked asked("");
    CHECK(asked.call().json_object_or_empty() == Json::object());
}

TEST_CASE("call: bodies may nest 953 deep") {
    const auto nested = [](int levels) {
        return "{\"a\":" + std::string(static_cast<std::size_t>(levels - 1), '[') +
               std::string(static_cast<std::size_t>(levels - 1), ']') + "}";
    };
    CHECK(body(nested(953)) == nested(953));
    CHECK(body(nested(954)) == "400 M_NOT_JSON Content not JSON.");
    CHECK(body("{\"a\":\"" + std::string(2000, '[') + "\"}").size() > 2000);
}
