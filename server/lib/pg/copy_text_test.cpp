// SPDX-License-Identifier: Apache-2.0
#include "pg/copy_text.h"

#include <catch2/catch.hpp>

using aksono::pg::CopyText;
using aksono::pg::holds_text;

TEST_CASE("Rows are lines, and what would end a value or a line is escaped") {
    CopyText rows;
    rows.text("");
    rows.text("a\tb\nc\rd\\N");
    rows.null();
    rows.integer(-7);
    rows.bytes(std::string_view("\0\xff", 2));
    rows.end_row();
    CHECK(rows.str() == "\ta\\tb\\nc\\rd\\\\N\t\\N\t-7\t\\\\x00ff\n");
    CHECK(rows.rows() == 1);
}

TEST_CASE("A row that is dropped leaves the ones before it") {
    CopyText rows;
    rows.text("kept");
    rows.end_row();
    rows.text("dropped");
    rows.drop_row();
    rows.text("also kept");
    rows.end_row();
    CHECK(rows.str() == "kept\nalso kept\n");
    CHECK(rows.rows() == 2);
    rows.clear();
    CHECK(rows.str().empty());
}

TEST_CASE("Only UTF-8 without U+0000 is text") {
    CHECK(holds_text(""));
    CHECK(holds_text("caf\xc3\xa9 \xf0\x9f\x98\x80"));
    CHECK_FALSE(holds_text(std::string_view("a\0b", 3)));
    CHECK_FALSE(holds_text("\xff"));
    CHECK_FALSE(holds_text("\xc3"));
    CHECK_FALSE(holds_text("\xc0\x80"));          // overlong
    CHECK_FALSE(holds_text("\xed\xa0\x80"));      // a surrogate
    CHECK_FALSE(holds_text("\xf4\x90\x80\x80"));  // beyond U+10FFFF
}
