// SPDX-License-Identifier: Apache-2.0
#include "audit/event_rules.h"

#include "audit/digest.h"

#include <algorithm>
#include <charconv>
#include <set>

namespace aksono::audit {

namespace {

using Keys = std::set<std::string_view>;

/// Canonical JSON: members sorted, no blanks, UTF-8 as it is.
/// https://spec.matrix.org/latest/appendices/#canonical-json
std::string canonical(const Json& value) {
    return value.dump(-1, ' ', false);
}

Json only(const Json& object, const Keys& keys) {
    Json rest = Json::object();
    if (!object.is_object()) return rest;
    for (const auto& [key, value] : object.items()) {
        if (keys.contains(key)) rest[key] = value;
    }
    return rest;
}

Keys kept_members(int version) {
    Keys keys{"event_id",  "type",        "room_id",     "sender",
              "state_key", "content",     "hashes",      "signatures",
              "depth",     "prev_events", "auth_events", "origin_server_ts"};
    if (version < 11) keys.insert({"prev_state", "origin", "membership"});
    return keys;
}

/// Of a member event of version 11 on: `signed` of its third-party invite is kept too.
Json member_content(int version, const Json& content) {
    Keys keys{"membership"};
    if (version >= 9) keys.insert("join_authorised_via_users_server");
    Json kept = only(content, keys);
    if (version < 11) return kept;
    const Json* invite = find_member(content, "third_party_invite");
    const Json* proof = invite != nullptr ? find_member(*invite, "signed") : nullptr;
    if (proof != nullptr) kept["third_party_invite"] = {{"signed", *proof}};
    return kept;
}

Json power_levels_content(int version, const Json& content) {
    Keys keys{"ban",    "events",        "events_default", "kick",
              "redact", "state_default", "users",          "users_default"};
    if (version >= 11) keys.insert("invite");
    return only(content, keys);
}

Json kept_content(int version, const std::string& type, const Json& content) {
    if (type == "m.room.member") return member_content(version, content);
    if (type == "m.room.power_levels") return power_levels_content(version, content);
    if (type == "m.room.create") {
        return version >= 11 ? content : only(content, {"creator"});
    }
    if (type == "m.room.join_rules") {
        return only(content, version >= 8 ? Keys{"join_rule", "allow"} : Keys{"join_rule"});
    }
    if (type == "m.room.history_visibility") return only(content, {"history_visibility"});
    if (type == "m.room.aliases" && version < 6) return only(content, {"aliases"});
    if (type == "m.room.redaction" && version >= 11) return only(content, {"redacts"});
    return Json::object();
}

std::string without(Json event, std::initializer_list<const char*> members) {
    for (const char* member : members)
        event.erase(member);
    return canonical(event);
}

}  // namespace

std::optional<int> room_version_number(const std::string& version) {
    int number = 0;
    const char* end = version.data() + version.size();
    const auto [stop, error] = std::from_chars(version.data(), end, number);
    if (error != std::errc() || stop != end || number < 1 || number > 12) return std::nullopt;
    return number;
}

std::string content_hash(const Json& event) {
    return base64(sha256(without(event, {"unsigned", "signatures", "hashes"})));
}

Json redacted(int version, const Json& event) {
    Json kept = only(event, kept_members(version));
    const std::string* type = find_string(event, "type");
    const Json* content = find_member(event, "content");
    kept["content"] = kept_content(version, type != nullptr ? *type : "",
                                   content != nullptr ? *content : Json::object());
    return kept;
}

std::string signed_text(int version, const Json& event) {
    return without(redacted(version, event), {"signatures", "unsigned"});
}

std::string event_id(int version, const Json& event) {
    if (version <= 2) {
        const std::string* id = find_string(event, "event_id");
        return id != nullptr ? *id : "";
    }
    const std::string hash = sha256(signed_text(version, event));
    return "$" + (version == 3 ? base64(hash) : base64_url_safe(hash));
}

std::vector<std::string> references(int version, const Json& event, const char* member) {
    std::vector<std::string> ids;
    const Json* list = find_member(event, member);
    if (list == nullptr || !list->is_array()) return ids;
    for (const Json& entry : *list) {
        const Json& id = version <= 2 && entry.is_array() && !entry.empty() ? entry[0] : entry;
        if (id.is_string()) ids.push_back(id.get<std::string>());
    }
    std::ranges::sort(ids);
    return ids;
}

}  // namespace aksono::audit
