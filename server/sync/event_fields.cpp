// SPDX-License-Identifier: Apache-2.0
#include "sync/event_fields.h"

namespace aksono::sync {

namespace {

std::vector<std::string> split_path(std::string_view path) {
    std::vector<std::string> keys(1);
    for (std::size_t i = 0; i < path.size(); ++i) {
        const bool escaped =
            path[i] == '\\' && i + 1 < path.size() && (path[i + 1] == '.' || path[i + 1] == '\\');
        if (escaped) {
            keys.back() += path[++i];
        } else if (path[i] == '.') {
            keys.emplace_back();
        } else {
            keys.back() += path[i];
        }
    }
    return keys;
}

}  // namespace

Json only_fields(const Json& event, const std::vector<std::string>& fields) {
    Json kept = Json::object();
    for (const auto& field : fields) {
        const auto keys = split_path(field);
        const Json* from = &event;
        for (const auto& key : keys) {
            from = find_member(*from, key);
            if (from == nullptr) break;
        }
        if (from == nullptr) continue;
        Json* to = &kept;
        for (const auto& key : keys) {
            if (!to->is_object()) *to = Json::object();
            to = &(*to)[key];
        }
        *to = *from;
    }
    return kept;
}

}  // namespace aksono::sync
