// SPDX-License-Identifier: Apache-2.0
#include "http/call.h"

#include "base/matrix_error.h"
#include "http/uri.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include <fmt/format.h>

namespace aksono::http {
namespace {

/// «['b', 'f']», how Synapse lists what it would accept.
std::string quoted_list(std::initializer_list<std::string_view> values) {
    std::string out;
    for (const auto value : values)
        out += fmt::format("{}'{}'", out.empty() ? "" : ", ", value);
    return "[" + out + "]";
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::string_view trim(std::string_view text) {
    constexpr std::string_view kSpace = " \t\n\r\v\f";
    const auto first = text.find_first_not_of(kSpace);
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

/// A decimal integer as clients of Synapse may write it: spaces around, a sign, single underscores
/// between digits. Saturates at 64 bits.
std::optional<std::int64_t> parse_integer(std::string_view text) {
    text = trim(text);
    bool negative = false;
    if (!text.empty() && (text.front() == '+' || text.front() == '-')) {
        negative = text.front() == '-';
        text.remove_prefix(1);
    }
    if (text.empty() || !is_digit(text.front()) || !is_digit(text.back())) return std::nullopt;
    constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
    std::int64_t value = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '_' && text[i - 1] != '_') continue;
        if (!is_digit(text[i])) return std::nullopt;
        const std::int64_t digit = text[i] - '0';
        value = value > (kMax - digit) / 10 ? kMax : value * 10 + digit;
    }
    return negative ? -value : value;
}

/// What a body or a parameter is refused with, by what is wrong with it as JSON.
[[noreturn]] void refuse_json(JsonError error, std::string not_json_text) {
    if (error == JsonError::lone_surrogate) {
        throw MatrixError::invalid_param("Strings must not contain lone surrogates.");
    }
    throw MatrixError::not_json(std::move(not_json_text));
}

}  // namespace

const std::string& Call::path(std::string_view name) const {
    const auto it = path_.find(name);
    if (it == path_.end()) {
        throw std::logic_error(fmt::format("the path has no parameter {}", name));
    }
    if (it->second.find('\0') != std::string::npos) {
        throw MatrixError::invalid_param(
            fmt::format("Path parameter '{}' must not contain null characters", name));
    }
    return it->second;
}

UserId Call::user_id(std::string_view name) const {
    const std::string& text = path(name);
    if (!text.starts_with('@')) {
        throw MatrixError::invalid_param("Expected UserID string to start with '@'");
    }
    if (text.find(':') == std::string::npos) {
        throw MatrixError::invalid_param("Expected UserID of the form '@localname:domain'");
    }
    return UserId::trusted(text);
}

RoomId Call::room_id(std::string_view name) const {
    return RoomId::trusted(path(name));
}

std::optional<std::string> Call::query(std::string_view name) const {
    const std::string* value = request_.query.find(name);
    if (value == nullptr) return std::nullopt;
    if (!is_ascii(*value)) {
        throw MatrixError::unknown(400, fmt::format("Query parameter '{}' must be ascii", name));
    }
    return *value;
}

std::string Call::required_query(std::string_view name) const {
    if (auto value = query(name)) return *value;
    throw MatrixError::missing_param(fmt::format("Missing string query parameter '{}'", name));
}

std::optional<std::string> Call::query_text(std::string_view name) const {
    const std::string* value = request_.query.find(name);
    if (value == nullptr) return std::nullopt;
    if (!is_valid_utf8(*value)) {
        throw MatrixError::unknown(400, fmt::format("Query parameter '{}' must be utf-8", name));
    }
    return *value;
}

std::string Call::query_choice(std::string_view name, std::string_view fallback,
                               std::initializer_list<std::string_view> allowed) const {
    const auto value = query(name);
    if (!value) return std::string(fallback);
    if (std::ranges::find(allowed, *value) != allowed.end()) return *value;
    throw MatrixError::invalid_param(
        fmt::format("Query parameter '{}' must be one of {}", name, quoted_list(allowed)));
}

std::optional<std::int64_t> Call::query_integer(std::string_view name) const {
    const std::string* text = request_.query.find(name);
    if (text == nullptr) return std::nullopt;
    const auto value = parse_integer(*text);
    if (!value) {
        throw MatrixError::invalid_param(
            fmt::format("Query parameter {} must be an integer", name));
    }
    if (*value < 0) {
        throw MatrixError::invalid_param(
            fmt::format("Query parameter {} must be a positive integer.", name));
    }
    return value;
}

std::int64_t Call::query_integer(std::string_view name, std::int64_t fallback) const {
    return query_integer(name).value_or(fallback);
}

std::int64_t Call::required_query_integer(std::string_view name) const {
    if (const auto value = query_integer(name)) return *value;
    throw MatrixError::missing_param(
        fmt::format("Missing required integer query parameter {}", name));
}

bool Call::query_boolean(std::string_view name, bool fallback) const {
    const std::string* value = request_.query.find(name);
    if (value == nullptr) return fallback;
    if (*value == "true") return true;
    if (*value == "false") return false;
    throw MatrixError::invalid_param(
        fmt::format("Boolean query parameter '{}' must be one of ['true', 'false']", name));
}

std::optional<Json> Call::query_json(std::string_view name) const {
    const auto text = query_text(name);
    if (!text) return std::nullopt;
    const auto refusal = fmt::format("Query parameter {} must be a valid JSON object", name);
    auto value = parse_json(*text);
    if (!value) refuse_json(value.error(), refusal);
    if (!value->is_object()) throw MatrixError::not_json(refusal);
    return std::move(*value);
}

Json Call::json_object() const {
    auto body = parse_json(request_.body);
    if (!body) refuse_json(body.error(), "Content not JSON.");
    if (!body->is_object()) throw MatrixError::bad_json("Content must be a JSON object.");
    return std::move(*body);
}

Json Call::json_object_or_empty() const {
    return request_.body.empty() ? Json::object() : json_object();
}

}  // namespace aksono::http
