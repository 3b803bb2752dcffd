// SPDX-License-Identifier: Apache-2.0
#include "push/glob.h"

#include "push/lower_case.h"

#include <cctype>

#include <catch2/catch.hpp>
#include <rapidcheck.h>

namespace aksono::push {
namespace {

bool whole(std::string_view pattern, std::string_view text) {
    return Glob(pattern, Glob::Scope::whole).matches(lower_case(text));
}
bool words(std::string_view pattern, std::string_view text) {
    return Glob(pattern, Glob::Scope::words).matches(lower_case(text));
}

/// By trying everything; ASCII only.
bool naive_whole(std::string_view pattern, std::string_view text) {
    if (pattern.empty()) return text.empty();
    const char head = pattern[0];
    if (head == '*') {
        if (naive_whole(pattern.substr(1), text)) return true;
        return !text.empty() && text[0] != '\n' && naive_whole(pattern, text.substr(1));
    }
    if (text.empty()) return false;
    const bool same = head == '?' ? text[0] != '\n' : std::tolower(head) == std::tolower(text[0]);
    return same && naive_whole(pattern.substr(1), text.substr(1));
}

bool naive_words(std::string_view pattern, std::string_view text) {
    const auto is_word = [](char c) { return std::isalnum(c) != 0 || c == '_'; };
    const auto inside = [&](std::size_t at) {
        return at > 0 && at < text.size() && is_word(text[at - 1]) && is_word(text[at]);
    };
    for (std::size_t from = 0; from <= text.size(); ++from) {
        for (std::size_t to = from; to <= text.size(); ++to) {
            if (inside(from) || inside(to)) continue;
            if (naive_whole(pattern, text.substr(from, to - from))) return true;
        }
    }
    return false;
}

TEST_CASE("Globs match whole values in either case", "[glob]") {
    CHECK(whole("lunc?*", "Lunch plans"));
    CHECK(whole("lunc?*", "LUNCH"));
    CHECK_FALSE(whole("lunc?*", " lunch"));
    CHECK_FALSE(whole("lunc?*", "lunc"));
    CHECK(whole("", ""));
    CHECK_FALSE(whole("", "x"));
    CHECK(whole("[a].+", "[A].+"));
    CHECK_FALSE(whole("*", "a\nb"));
}

TEST_CASE("Globs match words inside a body", "[glob]") {
    CHECK(words("ex*ple", "An example event."));
    CHECK(words("ex*ple", "exple"));
    CHECK(words("ex*ple", "An exciting triple-whammy"));
    CHECK(words("cake", "I like CAKE!"));
    CHECK_FALSE(words("cake", "cupcake"));
    CHECK_FALSE(words("cake", "cakes"));
    CHECK(words("", ""));
    CHECK(words("!", "a!b"));
    CHECK_FALSE(words("cake!", "xcake!b"));
    CHECK(words("@room", "hey @room!"));
    CHECK_FALSE(words("@room", "@rooms"));
}

TEST_CASE("Other scripts have words and cases, too", "[glob]") {
    CHECK(words("äö", "ÄÖ!"));
    CHECK_FALSE(words("äö", "日äö日"));
    CHECK_FALSE(words("日本", "x日本y"));
    CHECK(words("ß", "ẞ"));
    CHECK_FALSE(words("ß", "SS"));
    CHECK(whole("ΟΔΟΣ", "οδος"));
    CHECK_FALSE(whole("οδοσ", "οδος"));
    CHECK(whole("ς?", "Σx"));
    CHECK(whole("\u212a*", "kx"));
    CHECK_FALSE(whole("?", "İ"));
    CHECK(words("İ", "i̇"));
    CHECK_FALSE(words("?", "日本"));
    CHECK(words("?", "日"));
}

TEST_CASE("Globs agree with a matcher that tries everything", "[glob]") {
    const auto text =
        rc::gen::container<std::string>(rc::gen::element('a', 'b', 'B', '_', ' ', '!', '.', '\n'));
    const auto pattern =
        rc::gen::container<std::string>(rc::gen::element('a', 'b', 'B', '_', '!', '*', '?', '*'));
    CHECK(rc::check("whole", [&] {
        const auto p = *rc::gen::resize(8, pattern);
        const auto t = *rc::gen::resize(12, text);
        RC_ASSERT(whole(p, t) == naive_whole(p, t));
    }));
    CHECK(rc::check("words", [&] {
        const auto p = *rc::gen::resize(6, pattern);
        const auto t = *rc::gen::resize(10, text);
        RC_ASSERT(words(p, t) == naive_words(p, t));
    }));
}

}  // namespace
}  // namespace aksono::push
