// SPDX-License-Identifier: Apache-2.0
#include "rooms/content_rules.h"

#include "base/matrix_error.h"
#include "rooms/server_acl.h"
#include "storage/send_context.h"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <set>

#include <fmt/format.h>

namespace aksono::rooms {

namespace {

MatrixError bad(std::string text) {
    return MatrixError::unknown(400, std::move(text));
}

void require_strings(const Json& content, std::initializer_list<std::string_view> keys) {
    for (const auto key : keys) {
        const Json* value = find_member(content, key);
        if (value == nullptr) throw bad(fmt::format("'{}' not in content", key));
        if (!value->is_string()) throw bad(fmt::format("'{}' not a string type", key));
    }
}

void check_tombstone(std::string_view room_id, const Json& content) {
    const Json* successor = find_member(content, "replacement_room");
    if (successor == nullptr) throw bad("Content has no replacement_room key");
    if (*successor == std::string(room_id)) {
        throw bad("Tombstone cannot reference the room it was sent in");
    }
    throw bad("'m.room.tombstone' must be state events");
}

/// Text as Python writes it in its messages.
std::string python_text(const std::string& text) {
    const char quote = text.find('\'') != text.npos && text.find('"') == text.npos ? '"' : '\'';
    std::string out(1, quote);
    for (const char c : text) {
        if (c == quote || c == '\\') out += '\\';
        if (c == '\n') {
            out += "\\n";
        } else {
            out += c;
        }
    }
    return out + quote;
}

/// A value as Python writes it in its messages.
std::string python_value(const Json& value) {
    if (value.is_null()) return "None";
    if (value.is_boolean()) return value.get<bool>() ? "True" : "False";
    if (value.is_string()) return python_text(value.get_ref<const std::string&>());
    if (!value.is_structured()) return value.dump();
    std::string out;
    for (const auto& [key, member] : value.items()) {
        if (!out.empty()) out += ", ";
        if (value.is_object()) out += python_text(key) + ": ";
        out += python_value(member);
    }
    return value.is_object() ? "{" + out + "}" : "[" + out + "]";
}

MatrixError wrong_type(std::string_view key, const Json& value, std::string_view wanted) {
    const std::string place = key.empty() ? std::string() : fmt::format("\"{}\": ", key);
    return MatrixError::bad_json(
        fmt::format("{}{} is not of type '{}'", place, python_value(value), wanted));
}

void check_alias(pg::Transaction& tx, std::string_view room_id, const std::string& alias) {
    if (!alias.starts_with('#')) {
        throw MatrixError::invalid_param("Expected RoomAlias string to start with '#'");
    }
    if (alias.find(':') == alias.npos) {
        throw MatrixError::invalid_param("Expected RoomAlias of the form '#localname:domain'");
    }
    if (storage::room_of_alias(tx, alias) != room_id) {
        throw MatrixError(400, "M_BAD_ALIAS",
                          fmt::format("Room alias {} does not point to the room", alias));
    }
}

}  // namespace

void check_message_content(std::string_view server_name, std::string_view room_id,
                           std::string_view type, const Json& content) {
    if (type == "m.room.message") {
        require_strings(content, {"body", "msgtype"});
    } else if (type == "m.room.name" || type == "m.room.topic") {
        require_strings(content, {type.substr(std::string_view("m.room.").size())});
        throw bad(fmt::format("'{}' must be state events", type));
    } else if (type == "m.room.retention") {
        throw bad("must be a state event");
    } else if (type == "m.room.tombstone") {
        check_tombstone(room_id, content);
    } else if (type == "m.room.server_acl") {
        if (!acl_allows(content, server_name)) {
            throw bad("Can't create an ACL event that denies the local server");
        }
    } else if (type == "m.room.create" || type == "m.room.power_levels") {
        throw MatrixError::invalid_param(fmt::format("'{}' must be state events", type));
    }
}

void check_canonical_alias(pg::Transaction& tx, std::string_view room_id, const Json& content) {
    const Json* alias = find_member(content, "alias");
    const Json* others = find_member(content, "alt_aliases");
    const bool has_alias = alias != nullptr && !alias->is_null() && *alias != "" && *alias != 0 &&
                           *alias != false && !(alias->is_structured() && alias->empty());
    if (has_alias) {
        if (!alias->is_string()) {
            throw MatrixError::invalid_param("The alias must be of type string.");
        }
        check_alias(tx, room_id, alias->get<std::string>());
    }
    if (others == nullptr || others->is_null()) return;
    if (!others->is_array()) {
        throw MatrixError::invalid_param("The alt_aliases property must be a list.");
    }
    for (const auto& other : *others) {
        if (!other.is_string()) {
            throw MatrixError::invalid_param("Each alt_alias must be of type string.");
        }
        check_alias(tx, room_id, other.get<std::string>());
    }
}

void check_mentions(const Json& content) {
    const Json* mentions = find_member(content, "m.mentions");
    if (mentions == nullptr) return;
    if (!mentions->is_object()) throw wrong_type("", *mentions, "object");
    if (const Json* users = find_member(*mentions, "user_ids")) {
        // Synapse lets a plain string pass for a list.
        if (!users->is_array() && !users->is_string())
            throw wrong_type("user_ids", *users, "array");
        for (const auto& user : *users) {
            if (users->is_array() && !user.is_string()) {
                throw MatrixError::invalid_param(
                    fmt::format("\"user_ids\": {} is not of type 'string'", python_value(user)));
            }
        }
    }
    if (const Json* room = find_member(*mentions, "room")) {
        if (!room->is_boolean()) throw wrong_type("room", *room, "boolean");
    }
}

void check_labels(const Json& content) {
    const Json* labels = find_member(content, "org.matrix.labels");
    if (labels == nullptr || !labels->is_array()) return;
    std::set<std::string> seen;
    for (const auto& label : *labels) {
        const bool unfit = label.is_null() || label.is_object();
        if (unfit || (label.is_string() && !seen.insert(label.get<std::string>()).second)) {
            throw MatrixError::invalid_param("Labels must be different texts");
        }
    }
}

int nesting_depth(const Json& value) {
    if (!value.is_structured()) return 0;
    int deepest = 0;
    for (const auto& member : value)
        deepest = std::max(deepest, nesting_depth(member));
    return deepest + 1;
}

}  // namespace aksono::rooms
