// SPDX-License-Identifier: Apache-2.0
#include "push/glob.h"

#include "push/lower_case.h"

#include <algorithm>
#include <optional>
#include <vector>

#include <re2/re2.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

namespace aksono::push {

namespace {

// What counts as part of a word: letters, marks, decimal digits, letter-like numbers, connecting
// punctuation, the two joiners, and the symbols that Unicode calls alphabetic. As RE2 ranges and as
// a predicate; RE2's own \w and \b know ASCII only.
constexpr std::string_view kWord = R"(\pL\pM\p{Nd}\p{Nl}\p{Pc}\x{200c}\x{200d}\x{24b6}-\x{24e9})"
                                   R"(\x{1f130}-\x{1f149}\x{1f150}-\x{1f169}\x{1f170}-\x{1f189})";

bool is_word(UChar32 c) {
    constexpr std::uint32_t kMask = U_GC_L_MASK | U_GC_M_MASK | U_GC_ND_MASK | U_GC_PC_MASK;
    return (U_GET_GC_MASK(c) & kMask) != 0 || u_hasBinaryProperty(c, UCHAR_ALPHABETIC) != 0 ||
           c == 0x200c || c == 0x200d;
}

UChar32 char_at(std::string_view text, std::size_t at) {
    auto i = static_cast<int32_t>(at);
    UChar32 c = 0;
    U8_NEXT_OR_FFFD(text.data(), i, static_cast<int32_t>(text.size()), c);
    return c;
}

UChar32 char_before(std::string_view text, std::size_t at) {
    auto i = static_cast<int32_t>(at);
    UChar32 c = 0;
    U8_PREV_OR_FFFD(text.data(), 0, i, c);
    return c;
}

bool inside_word(std::string_view text, std::size_t at) {
    return at > 0 && at < text.size() && is_word(char_before(text, at)) &&
           is_word(char_at(text, at));
}

bool contains_words(std::string_view text, std::string_view words) {
    for (auto at = text.find(words); at != text.npos; at = text.find(words, at + 1)) {
        if (!inside_word(text, at) && !inside_word(text, at + words.size())) return true;
    }
    return false;
}

/// Literal characters, or a run of wildcards: `least` characters, or more when `open`.
struct Piece {
    std::string literal;
    int least = 0;
    bool open = false;

    [[nodiscard]] std::string regex() const {
        if (!literal.empty()) return RE2::QuoteMeta(literal);
        std::string text;
        for (int i = 0; i < least; ++i)
            text += '.';
        return open ? text + ".*" : text;
    }
};

std::vector<Piece> pieces_of(std::string_view pattern) {
    std::vector<Piece> pieces;
    for (const char c : pattern) {
        const bool wild = c == '*' || c == '?';
        if (pieces.empty() || pieces.back().literal.empty() != wild) pieces.emplace_back();
        Piece& piece = pieces.back();
        if (!wild) piece.literal += c;
        if (c == '?') ++piece.least;
        if (c == '*') piece.open = true;
    }
    return pieces;
}

// A match of a part of the text may not begin or end inside a word. An open wildcard at an edge can
// always stretch to the edge of the line, and a literal that is no word character needs nothing.
// A lone `?` at an edge may be either kind of character.
std::string edge(std::string_view before, std::string_view after) {
    const std::string word = "[" + std::string(kWord) + "]";
    const std::string other = "[^\\n" + std::string(kWord) + "]";
    return "(?:" + std::string(before) + word + std::string(after) + "|" + other + ")";
}

std::string words_regex(std::vector<Piece> pieces) {
    const std::string start = "(?:^|[^" + std::string(kWord) + "])";
    const std::string end = "(?:[^" + std::string(kWord) + "]|$)";
    std::string prefix;
    std::string suffix;
    Piece& first = pieces.front();
    Piece& last = pieces.back();
    if (!first.literal.empty()) {
        if (is_word(char_at(first.literal, 0))) prefix = start;
    } else if (!first.open) {
        if (pieces.size() == 1 && first.least == 1) return edge(start, end);
        prefix = edge(start, "");
        --first.least;
    }
    if (!last.literal.empty()) {
        if (is_word(char_before(last.literal, last.literal.size()))) suffix = end;
    } else if (!last.open) {
        suffix = edge("", end);
        --last.least;
    }
    std::string regex = prefix;
    for (const Piece& piece : pieces)
        regex += piece.regex();
    return regex + suffix;
}

std::string whole_regex(const std::vector<Piece>& pieces) {
    std::string regex = "^";
    for (const Piece& piece : pieces)
        regex += piece.regex();
    return regex + "$";
}

}  // namespace

Glob::Glob(std::string_view pattern, Scope scope) : scope_(scope), literal_(lower_case(pattern)) {
    if (pattern.find_first_of("*?") == pattern.npos) return;
    RE2::Options options(RE2::Quiet);
    options.set_case_sensitive(false);
    const auto pieces = pieces_of(literal_);
    auto regex = std::make_shared<RE2>(
        scope == Scope::whole ? whole_regex(pieces) : words_regex(pieces), options);
    regex_ = std::move(regex);
}

bool Glob::matches(std::string_view lowered) const {
    if (regex_ != nullptr) return regex_->ok() && RE2::PartialMatch(lowered, *regex_);
    return scope_ == Scope::whole ? lowered == literal_ : contains_words(lowered, literal_);
}

}  // namespace aksono::push
