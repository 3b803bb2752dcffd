// SPDX-License-Identifier: Apache-2.0
#include "toml_lines.h"

#include <algorithm>

namespace aksono::schema_diff {

namespace {

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r';
}

bool is_key(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
}

/// https://toml.io/en/v1.0.0, as far as it goes.
class Parser {
public:
    explicit Parser(std::string_view text) : text_(text) {}

    std::vector<TomlEntry> parse() {
        std::vector<TomlEntry> entries;
        for (skip(true); at_ < text_.size(); skip(true)) {
            if (peek() == '[') {
                entries.push_back(header());
            } else if (entries.empty()) {
                fail("a value outside of any [[table]]");
            } else {
                auto value = assignment();
                const auto& values = entries.back().values;
                if (std::ranges::any_of(values,
                                        [&](const auto& v) { return v.first == value.first; })) {
                    fail(value.first + " twice");
                }
                entries.back().values.push_back(std::move(value));
            }
            skip(false);
            if (at_ < text_.size() && peek() != '\n') fail("more than one thing on a line");
        }
        return entries;
    }

private:
    [[noreturn]] void fail(const std::string& why) const {
        throw TomlError("line " + std::to_string(line()) + ": " + why);
    }

    [[nodiscard]] int line() const {
        return 1 + static_cast<int>(std::ranges::count(text_.substr(0, at_), '\n'));
    }

    [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

    bool take(char wanted) {
        if (peek() != wanted) return false;
        ++at_;
        return true;
    }

    void expect(char wanted) {
        if (!take(wanted)) fail(std::string("'") + wanted + "' expected");
    }

    /// White space and comments.
    void skip(bool lines) {
        while (at_ < text_.size()) {
            if (peek() == '#') {
                at_ = std::min(text_.find('\n', at_), text_.size());
            } else if (is_space(peek()) || (lines && peek() == '\n')) {
                ++at_;
            } else {
                return;
            }
        }
    }

    std::string key() {
        const auto from = at_;
        while (is_key(peek()))
            ++at_;
        if (at_ == from) fail("a name expected");
        return std::string(text_.substr(from, at_ - from));
    }

    TomlEntry header() {
        TomlEntry entry;
        entry.line = line();
        expect('[');
        if (!take('[')) fail("entries are written [[name]], in double brackets");
        skip(false);
        entry.table = key();
        skip(false);
        expect(']');
        expect(']');
        return entry;
    }

    std::pair<std::string, TomlValue> assignment() {
        auto name = key();
        skip(false);
        expect('=');
        skip(false);
        if (peek() == '[') return {std::move(name), {false, list()}};
        if (peek() == '"' || peek() == '\'') return {std::move(name), {false, {string()}}};
        return {std::move(name), {true, {date()}}};
    }

    std::vector<std::string> list() {
        std::vector<std::string> texts;
        expect('[');
        for (skip(true); !take(']'); skip(true)) {
            texts.push_back(string());
            skip(true);
            if (!take(',') && peek() != ']') fail("',' or ']' expected");
        }
        return texts;
    }

    std::string string() {
        if (take('\'')) return literal();
        if (!take('"')) fail("a text in quotes expected");
        std::string out;
        for (char c = next(); c != '"'; c = next())
            out += c == '\\' ? escaped() : c;
        return out;
    }

    std::string literal() {
        std::string out;
        for (char c = next(); c != '\''; c = next())
            out += c;
        return out;
    }

    char next() {
        if (at_ >= text_.size() || peek() == '\n') fail("the text does not end on its line");
        return text_[at_++];
    }

    char escaped() {
        switch (next()) {
            case 'n':
                return '\n';
            case 't':
                return '\t';
            case '"':
                return '"';
            case '\\':
                return '\\';
            default:
                fail("an escape that is not known here: use single quotes");
        }
    }

    std::string date() {
        const auto from = at_;
        while (is_key(peek()))
            ++at_;
        const auto text = std::string(text_.substr(from, at_ - from));
        if (text.empty()) fail("a text in quotes or a date expected");
        return text;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

std::vector<TomlEntry> parse_toml(std::string_view text) {
    return Parser(text).parse();
}

}  // namespace aksono::schema_diff
