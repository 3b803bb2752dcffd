// SPDX-License-Identifier: Apache-2.0
#include "sync/event_serializer.h"

#include "base/json_scan.h"
#include "storage/redaction_target.h"
#include "sync/event_fields.h"

#include <algorithm>
#include <array>

namespace aksono::sync {

using storage::Event;
using storage::EventPtr;

namespace {

/// Members of a stored event that only servers need.
constexpr std::array<std::string_view, 7> kServersOnly{
    "auth_events", "prev_events", "hashes", "signatures", "depth", "origin", "prev_state"};

bool for_servers_only(std::string_view key) {
    return std::find(kServersOnly.begin(), kServersOnly.end(), key) != kServersOnly.end();
}

void append_key(std::string& out, std::string_view key) {
    if (out.back() != '{') out += ',';
    out += '"';
    out += key;
    out += "\":";
}

void append_text(std::string& out, std::string_view key, std::string_view value) {
    append_key(out, key);
    append_json_string(out, value);
}

void append_redaction_content(std::string& out, const Event& event, const std::string& redacts) {
    Json content = event.content();
    if (!redacts.empty()) content["redacts"] = redacts;
    out += dump_json(content);
}

}  // namespace

const Event* EventSerializer::find(const std::string& id) const {
    const auto it = extras_.events.find(id);
    return it == extras_.events.end() ? nullptr : it->second.get();
}

bool EventSerializer::sent_by_viewer(const Event& event) const {
    if (event.sender != view_.user) return false;
    if (event.device_id) return view_.device_id == event.device_id;
    return event.token_id && view_.token_id == event.token_id;
}

void EventSerializer::append_previous(std::string& out, const Event& event) const {
    if (!event.replaces_state) return;
    append_text(out, "replaces_state", *event.replaces_state);
    const auto* previous = find(*event.replaces_state);
    if (previous == nullptr) return;
    append_key(out, "prev_content");
    out += previous->content_text();
    append_text(out, "prev_sender", previous->sender);
}

void EventSerializer::append_relations(std::string& out, const Event& event) const {
    const auto edit = extras_.relations.edits.find(event.id);
    const auto references = extras_.relations.references.find(event.id);
    const auto thread = extras_.relations.threads.find(event.id);
    const bool edited = edit != extras_.relations.edits.end() && event.redacted_because == nullptr;
    const auto* newest = edited ? find(edit->second) : nullptr;
    const auto* latest =
        thread == extras_.relations.threads.end() ? nullptr : find(thread->second.latest_event_id);
    const bool referred = references != extras_.relations.references.end();
    if (newest == nullptr && latest == nullptr && !referred) return;
    append_key(out, "m.relations");
    out += '{';
    if (referred) {
        append_key(out, "m.reference");
        out += "{\"chunk\":[";
        for (const auto& id : references->second) {
            if (out.back() != '[') out += ',';
            out += "{\"event_id\":";
            append_json_string(out, id);
            out += '}';
        }
        out += "]}";
    }
    if (newest != nullptr) {
        append_key(out, "m.replace");
        append(out, *newest, Show::alone);
    }
    if (latest != nullptr) {
        append_key(out, "m.thread");
        out += "{\"latest_event\":";
        append(out, *latest, Show::related);
        out += ",\"count\":" + std::to_string(thread->second.count);
        out += ",\"current_user_participated\":";
        out += thread->second.participated ? "true}" : "false}";
    }
    out += '}';
}

void EventSerializer::append_unsigned(std::string& out, const Event& event, Show show) const {
    append_key(out, "unsigned");
    out += '{';
    for (const auto& [key, value] : event.other_unsigned.items()) {
        if (key == "invite_room_state" || key == "knock_room_state") continue;
        append_key(out, key);
        out += dump_json(value);
    }
    if (event.age_ts) {
        append_key(out, "age");
        out += std::to_string(view_.now - *event.age_ts);
    }
    append_previous(out, event);
    if (event.redacted_because) {
        append_text(out, "redacted_by", event.redacted_because->id);
        append_key(out, "redacted_because");
        append(out, *event.redacted_because, Show::alone);
    }
    if (event.txn_id && sent_by_viewer(event)) append_text(out, "transaction_id", *event.txn_id);
    if (show == Show::in_timeline) {
        const auto it = extras_.membership.find(event.id);
        if (it != extras_.membership.end()) append_text(out, "membership", it->second);
    }
    if (show != Show::alone) append_relations(out, event);
    out += '}';
}

void EventSerializer::append_legacy_members(std::string& out, const Event& event) const {
    append_text(out, "user_id", event.sender);
    if (event.age_ts) {
        append_key(out, "age");
        out += std::to_string(view_.now - *event.age_ts);
    }
    if (event.replaces_state) {
        append_text(out, "replaces_state", *event.replaces_state);
        if (const auto* previous = find(*event.replaces_state)) {
            append_key(out, "prev_content");
            out += previous->content_text();
        }
    }
    if (event.redacted_because) {
        append_key(out, "redacted_because");
        append(out, *event.redacted_because, Show::alone);
    }
}

void EventSerializer::append_whole(std::string& out, const Event& event, Show show) const {
    if (view_.format == EventFormat::federation) return append_federation(out, event, show);
    const bool redaction = event.type == "m.room.redaction";
    const std::string redacts = redaction ? storage::redacted_id(event) : std::string();
    out += '{';
    bool has_room_id = false;
    for (const auto& [key, value] : scan_object(event.json)) {
        if (for_servers_only(key) || key == "unsigned" || key == "event_id") continue;
        if (key == "room_id") {
            has_room_id = true;
            if (view_.format == EventFormat::without_room_id) continue;
        }
        if (redaction && key == "redacts") continue;
        append_key(out, key);
        if (redaction && key == "content") {
            append_redaction_content(out, event, redacts);
        } else {
            out += value;
        }
    }
    // The create event of a room whose id is that event's hash has none of its own.
    if (!has_room_id) append_text(out, "room_id", event.room_id);
    append_text(out, "event_id", event.id);
    if (!redacts.empty()) append_text(out, "redacts", redacts);
    append_unsigned(out, event, show);
    if (view_.format == EventFormat::legacy) append_legacy_members(out, event);
    out += '}';
}

void EventSerializer::append_federation(std::string& out, const Event& event, Show show) const {
    Json whole = event.parsed();
    whole["event_id"] = event.id;
    whole["room_id"] = event.room_id;
    if (event.type == "m.room.redaction") {
        if (const auto id = storage::redacted_id(event); !id.empty()) {
            whole["redacts"] = id;
            whole["content"]["redacts"] = id;
        }
    }
    std::string extra = "{";
    append_unsigned(extra, event, show);
    extra += '}';
    if (auto parsed = parse_json(extra)) whole["unsigned"] = (*parsed)["unsigned"];
    out += dump_json(whole);
}

void EventSerializer::append(std::string& out, const Event& event, Show show) const {
    if (view_.event_fields.empty()) return append_whole(out, event, show);
    std::string whole;
    append_whole(whole, event, show);
    const auto parsed = parse_json(whole);
    out += parsed ? dump_json(only_fields(*parsed, view_.event_fields)) : whole;
}

void EventSerializer::append_list(std::string& out, const std::vector<EventPtr>& events,
                                  Show show) const {
    out += '[';
    for (const auto& event : events) {
        if (out.back() != '[') out += ',';
        append(out, *event, show);
    }
    out += ']';
}

std::string EventSerializer::text(const Event& event, Show show) const {
    std::string out;
    append(out, event, show);
    return out;
}

void append_stripped(std::string& out, const Event& event) {
    out += '{';
    append_text(out, "type", event.type);
    append_text(out, "state_key", event.state_key.value_or(""));
    append_text(out, "sender", event.sender);
    append_key(out, "content");
    out += event.content_text();
    out += '}';
}

}  // namespace aksono::sync
