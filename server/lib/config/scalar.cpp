// SPDX-License-Identifier: Apache-2.0
#include "config/scalar.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace aksono::config {

namespace {

using Texts = std::string_view;

template <std::size_t N>
bool one_of(Texts text, const std::array<Texts, N>& words) {
    for (const auto word : words) {
        if (text == word) return true;
    }
    return false;
}

bool take_sign(Texts& text) {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    return negative;
}

bool only(Texts text, Texts allowed) {
    return !text.empty() && text.find_first_not_of(allowed) == Texts::npos;
}

std::string without_underscores(Texts text) {
    std::string out;
    for (const char c : text) {
        if (c != '_') out += c;
    }
    return out;
}

Json signed_integer(Texts digits, int base, bool negative) {
    const std::string plain = without_underscores(digits);
    std::uint64_t value = 0;
    const auto [end, error] =
        std::from_chars(plain.data(), plain.data() + plain.size(), value, base);
    constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (error == std::errc{} && value <= kMost) {
        const auto number = static_cast<std::int64_t>(value);
        return negative ? -number : number;
    }
    double large = 0;
    for (const char c : plain)
        large = large * base + (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    return negative ? -large : large;
}

/// [1-9][0-9_]* followed by one or more «:59»: base sixty.
std::optional<double> sexagesimal(Texts text) {
    const auto colon = text.find(':');
    if (colon == Texts::npos) return std::nullopt;
    double value = 0;
    bool first = true;
    while (!text.empty()) {
        const auto end = text.find(':');
        const Texts part = text.substr(0, end);
        if (!only(part, first ? "0123456789_" : "0123456789")) return std::nullopt;
        if (!first && (part.size() > 2 || (part.size() == 2 && part[0] > '5'))) return std::nullopt;
        value = value * 60 + std::stod(without_underscores(part));
        first = false;
        if (end == Texts::npos) break;
        text.remove_prefix(end + 1);
        if (text.empty()) return std::nullopt;
    }
    return value;
}

std::optional<double> special_float(Texts text, bool negative) {
    static constexpr std::array<Texts, 3> kInfinity{".inf", ".Inf", ".INF"};
    if (!one_of(text, kInfinity)) return std::nullopt;
    const double infinity = std::numeric_limits<double>::infinity();
    return negative ? -infinity : infinity;
}

/// digits[.digits][e±digits]; YAML 1.1 demands the point, and the exponent's sign.
bool is_decimal_float(Texts text) {
    const auto exponent = text.find_first_of("eE");
    if (exponent != Texts::npos) {
        Texts power = text.substr(exponent + 1);
        if (power.empty() || (power[0] != '+' && power[0] != '-')) return false;
        if (!only(power.substr(1), "0123456789")) return false;
        text = text.substr(0, exponent);
    }
    const auto point = text.find('.');
    if (point == Texts::npos) return false;
    const Texts whole = text.substr(0, point);
    const Texts rest = text.substr(point + 1);
    if (whole.empty()) return only(rest, "0123456789_") && rest[0] != '_';
    return only(whole, "0123456789_") && whole[0] != '_' &&
           (rest.empty() || only(rest, "0123456789_"));
}

}  // namespace

bool yaml_null(Texts text) {
    static constexpr std::array<Texts, 5> kNull{"", "~", "null", "Null", "NULL"};
    return one_of(text, kNull);
}

std::optional<bool> yaml_boolean(Texts text) {
    static constexpr std::array<Texts, 9> kTrue{"yes",  "Yes", "YES", "true", "True",
                                                "TRUE", "on",  "On",  "ON"};
    static constexpr std::array<Texts, 9> kFalse{"no",    "No",  "NO",  "false", "False",
                                                 "FALSE", "off", "Off", "OFF"};
    if (one_of(text, kTrue)) return true;
    if (one_of(text, kFalse)) return false;
    return std::nullopt;
}

std::optional<Json> yaml_integer(Texts text) {
    const bool negative = take_sign(text);
    if (text.starts_with("0b") && only(text.substr(2), "01_")) {
        return signed_integer(text.substr(2), 2, negative);
    }
    if (text.starts_with("0x") && only(text.substr(2), "0123456789abcdefABCDEF_")) {
        return signed_integer(text.substr(2), 16, negative);
    }
    if (text.size() > 1 && text[0] == '0' && only(text, "01234567_")) {
        return signed_integer(text, 8, negative);
    }
    if (text == "0") return Json(0);
    if (text.empty() || text[0] < '1' || text[0] > '9') return std::nullopt;
    if (only(text, "0123456789_")) return signed_integer(text, 10, negative);
    if (const auto value = sexagesimal(text)) {
        return static_cast<std::int64_t>(negative ? -*value : *value);
    }
    return std::nullopt;
}

std::optional<double> yaml_float(Texts text) {
    static constexpr std::array<Texts, 3> kNan{".nan", ".NaN", ".NAN"};
    if (one_of(text, kNan)) return std::numeric_limits<double>::quiet_NaN();
    const bool negative = take_sign(text);
    if (const auto value = special_float(text, negative)) return value;
    if (is_decimal_float(text)) {
        const double value = std::stod(without_underscores(text));
        return negative ? -value : value;
    }
    const auto point = text.find('.');
    if (point == Texts::npos || text.empty() || text[0] < '0' || text[0] > '9') return std::nullopt;
    const Texts fraction = text.substr(point + 1);
    if (!fraction.empty() && !only(fraction, "0123456789_")) return std::nullopt;
    if (const auto whole = sexagesimal(text.substr(0, point))) {
        const double value = *whole + std::stod("0." + without_underscores(fraction) + "0");
        return negative ? -value : value;
    }
    return std::nullopt;
}

Json resolve_plain_scalar(Texts text) {
    if (yaml_null(text)) return nullptr;
    if (const auto value = yaml_boolean(text)) return *value;
    if (auto value = yaml_integer(text)) return std::move(*value);
    if (const auto value = yaml_float(text)) return *value;
    return std::string(text);
}

}  // namespace aksono::config
