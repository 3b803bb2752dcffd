// SPDX-License-Identifier: Apache-2.0
#include "users/filter_rules.h"

#include "base/matrix_error.h"
#include "base/python_repr.h"
#include "users/filter_schema.h"
#include "users/text.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace aksono::users {

namespace {

enum class Kind { number, boolean, strings, user_ids, room_ids };

struct Field {
    std::string_view name;
    Kind kind;
    bool only_in_rooms;
};

constexpr std::array kFields{
    Field{"limit", Kind::number, false},
    Field{"senders", Kind::user_ids, false},
    Field{"not_senders", Kind::user_ids, false},
    Field{"types", Kind::strings, false},
    Field{"not_types", Kind::strings, false},
    Field{"rooms", Kind::room_ids, true},
    Field{"not_rooms", Kind::room_ids, true},
    Field{"contains_url", Kind::boolean, true},
    Field{"lazy_load_members", Kind::boolean, true},
    Field{"include_redundant_members", Kind::boolean, true},
    Field{"unread_thread_notifications", Kind::boolean, true},
    Field{"related_by_senders", Kind::strings, true},
    Field{"related_by_rel_types", Kind::strings, true},
    Field{"org.matrix.labels", Kind::strings, true},
    Field{"org.matrix.not_labels", Kind::strings, true},
};

constexpr std::size_t kHashRoomIdLength = 44;  // «!» and 32 bytes in base64

bool is_user_id(const std::string& text) {
    return text.starts_with('@') && has_valid_domain(text);
}

bool is_room_id(const std::string& text) {
    if (!text.starts_with('!')) return false;
    return text.find(':') == text.npos ? text.size() == kHashRoomIdLength : has_valid_domain(text);
}

/// Where in a filter a value stands.
struct Place {
    std::vector<std::string> keys;
    std::string index;  // «[3]» or empty

    [[nodiscard]] Place operator/(std::string_view key) const {
        auto place = *this;
        place.keys.emplace_back(key);
        return place;
    }
};

/// Says what is wrong as Python's jsonschema does.
[[noreturn]] void refuse(const Place& place, const Json& value, const std::string& complaint,
                         const std::string& keyword, const std::string& schema) {
    std::string rule = "schema";
    std::string where = "instance";
    for (const auto& key : place.keys) {
        rule += "['properties']['" + key + "']";
        where += "['" + key + "']";
    }
    if (!place.index.empty()) rule += "['items']";
    std::string shown = schema.empty() ? "" : ":\n    " + schema;
    throw MatrixError::unknown(
        400, fmt::format("{0} {1}\n\nFailed validating '{2}' in {3}{4}\n\nOn {5}{6}:\n    {0}",
                         python_repr(value), complaint, keyword, rule, shown, where, place.index));
}

[[noreturn]] void refuse_type(const Place& place, const Json& value, const std::string& type,
                              const std::string& schema) {
    refuse(place, value, "is not of type '" + type + "'", "type", schema);
}

std::string item_schema(Kind kind) {
    if (kind == Kind::user_ids) return "{'type': 'string', 'format': 'matrix_user_id'}";
    if (kind == Kind::room_ids) return "{'type': 'string', 'format': 'matrix_room_id'}";
    return "{'type': 'string'}";
}

/// Of several bad items the last one is named.
void check_items(const Place& list, const Json& items, Kind kind) {
    for (auto i = items.size(); i-- > 0;) {
        auto place = list;
        place.index = fmt::format("[{}]", i);
        const auto& item = items[i];
        if (!item.is_string()) refuse_type(place, item, "string", item_schema(kind));
        const auto& text = item.get_ref<const std::string&>();
        if (kind == Kind::user_ids && !is_user_id(text)) {
            refuse(place, item, "is not a 'matrix_user_id'", "format", item_schema(kind));
        }
        if (kind == Kind::room_ids && !is_room_id(text)) {
            refuse(place, item, "is not a 'matrix_room_id'", "format", item_schema(kind));
        }
    }
}

void check_list(const Place& place, const Json& value, Kind kind) {
    if (!value.is_array()) {
        const auto* between = kind == Kind::strings ? " " : "\n     ";
        refuse_type(place, value, "array",
                    fmt::format("{{'type': 'array',{}'items': {}}}", between, item_schema(kind)));
    }
    check_items(place, value, kind);
}

void check_field(const Place& place, const Json& value, Kind kind) {
    switch (kind) {
        case Kind::number:
            if (!value.is_number()) refuse_type(place, value, "number", "{'type': 'number'}");
            return;
        case Kind::boolean:
            if (!value.is_boolean()) refuse_type(place, value, "boolean", "{'type': 'boolean'}");
            return;
        default:
            check_list(place, value, kind);
    }
}

/// A filter for events, of rooms or of others.
void check_events(const Place& place, const Json& filter, bool in_rooms) {
    if (!filter.is_object()) {
        refuse_type(place, filter, "object",
                    std::string(in_rooms ? kRoomEventsSchema : kEventsSchema));
    }
    for (const auto& field : kFields) {
        if (field.only_in_rooms && !in_rooms) continue;
        if (const auto* value = find_member(filter, field.name)) {
            check_field(place / field.name, *value, field.kind);
        }
    }
}

/// Where a filter is stored Synapse trips over these before it looks at its rules.
void check_before_rules(const Json& room) {
    const auto* timeline = find_member(room, "timeline");
    if (!room.is_object() ||
        (timeline != nullptr && !timeline->is_structured() && !timeline->is_string())) {
        throw MatrixError::invalid_param(
            "Invalid filter: 'room' and its 'timeline' must be objects");
    }
    if (timeline != nullptr && timeline->is_object()) {
        const auto* limit = find_member(*timeline, "limit");
        if (limit != nullptr && !limit->is_number() && !limit->is_boolean()) {
            throw MatrixError::invalid_param("Invalid filter: 'limit' must be a number");
        }
    }
}

void check_room(const Json& room) {
    const Place place{{"room"}, ""};
    if (!room.is_object()) refuse_type(place, room, "object", std::string(kRoomSchema));
    if (const auto* ids = find_member(room, "rooms"))
        check_list(place / "rooms", *ids, Kind::room_ids);
    if (const auto* ids = find_member(room, "not_rooms")) {
        check_list(place / "not_rooms", *ids, Kind::room_ids);
    }
    for (const char* part : {"ephemeral", "state", "timeline", "account_data"}) {
        if (const auto* filter = find_member(room, part)) check_events(place / part, *filter, true);
    }
    if (const auto* leave = find_member(room, "include_leave")) {
        check_field(place / "include_leave", *leave, Kind::boolean);
    }
}

void check_event_format(const Json& format) {
    const Place place{{"event_format"}, ""};
    const std::string schema = "{'type': 'string', 'enum': ['client', 'federation']}";
    if (!format.is_string()) refuse_type(place, format, "string", schema);
    if (format != "client" && format != "federation") {
        refuse(place, format, "is not one of ['client', 'federation']", "enum", schema);
    }
}

}  // namespace

void check_filter(const Json& filter, FilterUse use) {
    if (const auto* room = find_member(filter, "room")) {
        if (use == FilterUse::stored) check_before_rules(*room);
        check_room(*room);
    }
    for (const char* part : {"presence", "account_data"}) {
        if (const auto* events = find_member(filter, part)) {
            check_events({{part}, ""}, *events, false);
        }
    }
    if (const auto* format = find_member(filter, "event_format")) check_event_format(*format);
    if (const auto* fields = find_member(filter, "event_fields")) {
        check_list({{"event_fields"}, ""}, *fields, Kind::strings);
    }
}

}  // namespace aksono::users
