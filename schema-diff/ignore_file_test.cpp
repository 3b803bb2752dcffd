// SPDX-License-Identifier: Apache-2.0
#include "ignore_file.h"

#include "cli/command.h"

#include <catch2/catch.hpp>

using namespace aksono;
using namespace aksono::schema_diff;

namespace {

constexpr const char* kFile = R"(# what we know
[[ignore]]
id = "index-*"  # all of them
object = ['my "one"', "two\\", ]
reason = "for statistics"
until = 2026-12-31

[[ ignore ]]
id = [
  "table-foreign",  # and
  "sequence-foreign"
]
reason = "ours"
until = "2026-01-01"
)";

synschema::Finding finding(const char* id, const char* object) {
    return {id, synschema::Severity::warning, object, "", "", {}};
}

}  // namespace

TEST_CASE("an ignore file is read") {
    const auto entries = parse_ignore_file("known.toml", kFile);
    REQUIRE(entries.size() == 2);
    CHECK(entries[0].name == "known.toml, entry 1");
    CHECK(entries[0].objects == std::vector<std::string>{"my \"one\"", "two\\"});
    CHECK(entries[1].ids == std::vector<std::string>{"table-foreign", "sequence-foreign"});
    CHECK(entries[0].until == "2026-12-31");
    CHECK(entries[0].matches("index-missing", "two\\"));
    CHECK_FALSE(entries[0].matches("index-missing", "three"));
    CHECK_FALSE(entries[0].expired("2026-12-31"));
    CHECK(entries[0].expired("2027-01-01"));
}

TEST_CASE("entries take findings away until they end") {
    const auto entries = parse_ignore_file("known.toml", kFile);
    synschema::Findings findings{finding("index-foreign", "two\\"), finding("table-foreign", "x"),
                                 finding("table-missing", "y")};
    Ignored ignored;
    apply_ignores(entries, "2026-06-01", true, findings, ignored);
    CHECK(findings.size() == 2);
    CHECK(ignored.count == 1);
    const auto notes = notes_on(entries, "2026-06-01", ignored);
    REQUIRE(notes.size() == 1);
    CHECK(notes[0].id == "ignore-expired");
}

TEST_CASE("files that are no such files are refused with the place") {
    const auto why = [](const char* text) -> std::string {
        try {
            parse_ignore_file("f", text);
        } catch (const cli::UsageError& error) {
            return error.what();
        }
        return "";
    };
    CHECK(why("id = 'a'") == "f: line 1: a value outside of any [[table]]");
    CHECK(why("[ignore]\n") == "f: line 1: entries are written [[name]], in double brackets");
    CHECK(why("[[class]]\n") == "f: unknown: class (entries are [[ignore]])");
    CHECK(why("[[ignore]]\nid = 'a' 'b'\n") == "f: line 2: more than one thing on a line");
    CHECK(why("[[ignore]]\nid = 'a'\nid = 'b'\n") == "f: line 3: id twice");
    CHECK(why("[[ignore]]\nid = ['a' 'b']\n") == "f: line 2: ',' or ']' expected");
    CHECK(why("[[ignore]]\nid = [") == "f: line 2: a text in quotes expected");
    CHECK(why("[[ignore]]\nid = 'a'\nreason = ''\nuntil = 2026-01-01") ==
          "f, entry 1: a reason is required");
}
