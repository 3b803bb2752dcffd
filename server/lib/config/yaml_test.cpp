// SPDX-License-Identifier: Apache-2.0
#include "config/yaml.h"

#include <catch2/catch.hpp>

using namespace aksono;
using namespace aksono::config;

TEST_CASE("documents read as PyYAML reads them") {
    const auto read = [](const char* text) { return parse_yaml(text).root; };
    CHECK(read("a: !!str 5") == R"({"a": "5"})"_json);
    CHECK(read("a: !!int '5'") == R"({"a": 5})"_json);
    CHECK(read("a: 'yes'\nb: \"5\"\nc: yes") == R"({"a": "yes", "b": "5", "c": true})"_json);
    CHECK(read("a: |\n  5\n") == R"({"a": "5\n"})"_json);
    CHECK(read("<<: {x: 1}\ny: 2") == R"({"x": 1, "y": 2})"_json);
    CHECK(read("b: {<<: [{x: 1}, {x: 2, w: 4}], z: 3}") ==
          R"({"b": {"x": 1, "w": 4, "z": 3}})"_json);
    CHECK(read("a: &q {x: 1}\nb: {<<: *q, x: 3}") == R"({"a": {"x": 1}, "b": {"x": 3}})"_json);
    CHECK(read("a:\nb: ~") == R"({"a": null, "b": null})"_json);
    CHECK(read("\xEF\xBB\xBF"
               "a: 1") == R"({"a": 1})"_json);
    CHECK(read("").is_null());
    CHECK(read("# only a comment\n").is_null());
}

TEST_CASE("a key given twice is told, and the last one counts") {
    const auto document = parse_yaml("a: 1\nb: {c: 1, c: 2}\na: 3\n");
    CHECK(document.root == R"({"a": 3, "b": {"c": 2}})"_json);
    CHECK(document.duplicate_keys == std::vector<std::string>{"b.c", "a"});
}

TEST_CASE("broken documents say where") {
    const auto why = [](const std::string& text) -> std::string {
        try {
            parse_yaml(text);
        } catch (const YamlError& error) {
            return error.what();
        }
        return "accepted";
    };
    CHECK_THAT(why("foo: [1\n"), Catch::Contains("line"));
    CHECK_THAT(why("a: b: c"), Catch::Contains("line 1"));
    CHECK_THAT(why("a: *nope"), Catch::Contains("line 1"));
    CHECK_THAT(why("a: !!python/object:os.system x"),
               Catch::Contains("could not determine a constructor for the tag "
                               "'tag:yaml.org,2002:python/object:os.system'"));
    CHECK_THAT(why("a: 1\n---\nb: 2"), Catch::Contains("single document"));
    CHECK_THAT(why("? [1, 2]\n: 3"), Catch::Contains("unhashable"));
    CHECK_THAT(why(std::string("a: \0", 4)), Catch::Contains("#x0000"));
    CHECK_THAT(why(std::string(500, '[')), !Catch::Contains("accepted"));
}
