// SPDX-License-Identifier: Apache-2.0
#include "base/json.h"

template class nlohmann::basic_json<>;

namespace aksono {
namespace {

// Synapse's parser gives up near Python's recursion limit; nobody sends events nested this deep.
constexpr int kMaxDepth = 512;

/// Depth of nesting, counted over the raw text so that no deep tree is ever built.
bool too_deep(std::string_view text) {
    int depth = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_string) {
            if (c == '\\') ++i;
            if (c == '"') in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '[' || c == '{') {
            if (++depth > kMaxDepth) return true;
        } else if (c == ']' || c == '}') {
            --depth;
        }
    }
    return false;
}

}  // namespace

Result<Json, JsonError> parse_json(std::string_view text) {
    if (too_deep(text)) return failure(JsonError::too_deep);
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
