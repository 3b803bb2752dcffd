// SPDX-License-Identifier: Apache-2.0
#include "config/units.h"

#include <charconv>
#include <optional>
#include <span>
#include <string>

#include <fmt/format.h>

namespace aksono::config {

namespace {

struct Unit {
    char suffix;
    std::int64_t factor;
};

constexpr std::int64_t kSecond = 1000;
constexpr std::int64_t kDay = 24 * 60 * 60 * kSecond;
constexpr Unit kDurations[] = {{'s', kSecond}, {'m', 60 * kSecond}, {'h', 60 * 60 * kSecond},
                               {'d', kDay},    {'w', 7 * kDay},     {'y', 365 * kDay}};
constexpr Unit kSizes[] = {
    {'K', 1LL << 10U}, {'M', 1LL << 20U}, {'G', 1LL << 30U}, {'T', 1LL << 40U}};

/// As Python's int(): blanks around, one sign, single underscores between digits.
std::optional<std::int64_t> python_int(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\n\r\f\v";
    const auto first = text.find_first_not_of(kBlanks);
    if (first == std::string_view::npos) return std::nullopt;
    text = text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    std::string digits;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '_') {
            digits += text[i];
        } else if (i == 0 || i + 1 == text.size() || text[i - 1] == '_') {
            return std::nullopt;
        }
    }
    std::int64_t value = 0;
    const char* end = digits.data() + digits.size();
    const auto parsed = std::from_chars(digits.data(), end, value);
    if (digits.empty() || digits[0] == '-' || parsed.ec != std::errc{} || parsed.ptr != end) {
        return std::nullopt;
    }
    return negative ? -value : value;
}

const Unit* find_unit(std::span<const Unit> units, char suffix) {
    for (const auto& unit : units) {
        if (unit.suffix == suffix) return &unit;
    }
    return nullptr;
}

Result<std::int64_t> with_unit(std::string_view text, const Unit* unit) {
    const std::string_view number = unit == nullptr ? text : text.substr(0, text.size() - 1);
    const auto value = python_int(number);
    std::int64_t product = 0;
    if (!value || __builtin_mul_overflow(*value, unit == nullptr ? 1 : unit->factor, &product)) {
        return failure(fmt::format("invalid literal for int() with base 10: '{}'", number));
    }
    return product;
}

}  // namespace

Result<Millis> parse_duration(const Json& value) {
    if (value.is_number_integer()) return value.get<std::int64_t>();
    if (!value.is_string()) {
        return failure(fmt::format("Bad duration type {} (expected int or string duration)",
                                   dump_json(value)));
    }
    const auto& text = value.get_ref<const std::string&>();
    if (text.empty()) return failure(std::string("string index out of range"));
    const Unit* unit = find_unit(kDurations, text.back());
    if (unit == nullptr && (text.back() < '0' || text.back() > '9')) {
        return failure(
            fmt::format("Bad duration suffix {} (expected no suffix or one of these "
                        "suffixes: dict_keys(['s', 'm', 'h', 'd', 'w', 'y']))",
                        text));
    }
    return with_unit(text, unit);
}

Result<std::int64_t> parse_size(const Json& value) {
    if (value.is_number_integer()) return value.get<std::int64_t>();
    if (!value.is_string()) return failure("Bad byte size " + dump_json(value));
    const auto& text = value.get_ref<const std::string&>();
    if (text.empty()) return failure(std::string("string index out of range"));
    return with_unit(text, find_unit(kSizes, text.back()));
}

}  // namespace aksono::config
