// SPDX-License-Identifier: Apache-2.0
#include "base/json.h"

#include <algorithm>
#include <optional>

template class nlohmann::basic_json<>;

namespace aksono {
namespace {

// Measured: Synapse's parser accepts bodies of 953 levels and refuses 954 as M_NOT_JSON. Copying a
// value this deep takes 160 kB of stack, printing it 100 kB: fibers must have more (see fiber.cpp).
constexpr int kMaxDepth = 953;
// Likewise its limit for the digits of one integer.
constexpr std::size_t kMaxIntegerDigits = 4300;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Length of the string whose opening quote is at `start`, quotes included.
std::size_t string_length(std::string_view text, std::size_t start) {
    std::size_t i = start + 1;
    while (i < text.size() && text[i] != '"')
        i += text[i] == '\\' ? 2 : 1;
    return std::min(i + 1, text.size()) - start;
}

/// Length of the run of digits at `start` when it is a whole integer, else 0.
std::size_t integer_digits(std::string_view text, std::size_t start, std::size_t& length) {
    length = 0;
    while (start + length < text.size() && is_digit(text[start + length]))
        ++length;
    const char next = start + length < text.size() ? text[start + length] : ' ';
    return next == '.' || next == 'e' || next == 'E' ? 0 : length;
}

/// What the parser itself would let through, found over the raw text so that no deep tree is built:
/// nesting, endless integers, and the parser's own leniency about a BOM and U+0000 at the end.
std::optional<JsonError> refused_at_sight(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF") || text.find('\0') != text.npos) {
        return JsonError::malformed;
    }
    int depth = 0;
    for (std::size_t i = 0; i < text.size();) {
        std::size_t length = 1;
        const char c = text[i];
        if (c == '"') {
            length = string_length(text, i);
        } else if (c == '[' || c == '{') {
            if (++depth > kMaxDepth) return JsonError::too_deep;
        } else if (c == ']' || c == '}') {
            --depth;
        } else if (is_digit(c)) {
            if (integer_digits(text, i, length) > kMaxIntegerDigits) return JsonError::malformed;
        }
        i += length;
    }
    return std::nullopt;
}

}  // namespace

Result<Json, JsonError> parse_json(std::string_view text) {
    if (const auto refusal = refused_at_sight(text)) return failure(*refusal);
    try {
        return Json::parse(text);
    } catch (const nlohmann::json::exception& e) {
        const std::string_view what = e.what();
        if (what.find("surrogate") != what.npos) return failure(JsonError::lone_surrogate);
        return failure(JsonError::malformed);
    }
}

std::string dump_json(const Json& value) {
    return value.dump();
}

const Json* find_member(const Json& object, std::string_view key) {
    if (!object.is_object()) return nullptr;
    const auto it = object.find(key);
    return it == object.end() ? nullptr : &*it;
}

const std::string* find_string(const Json& object, std::string_view key) {
    const Json* member = find_member(object, key);
    return member != nullptr && member->is_string() ? member->get_ptr<const std::string*>()
                                                    : nullptr;
}

}  // namespace aksono
