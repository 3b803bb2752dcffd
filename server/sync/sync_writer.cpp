// SPDX-License-Identifier: Apache-2.0
#include "base/json_scan.h"
#include "sync/sync_builder.h"

namespace aksono::sync {

namespace {

void append_key(std::string& out, std::string_view key) {
    if (out.back() != '{') out += ',';
    append_json_string(out, key);
    out += ':';
}

void append_events(std::string& out, std::string_view key, const std::vector<std::string>& events) {
    append_key(out, key);
    out += "{\"events\":[";
    for (const auto& event : events) {
        if (out.back() != '[') out += ',';
        out += event;
    }
    out += "]}";
}

void append_counts(std::string& out, const storage::UnreadCount& counts) {
    out += "{\"notification_count\":" + std::to_string(counts.notifications);
    out += ",\"highlight_count\":" + std::to_string(counts.highlights) + '}';
}

void append_unread(std::string& out, const storage::RoomUnread& unread, bool threads) {
    append_key(out, "unread_notifications");
    append_counts(out, threads ? unread.main : unread.total());
    if (!threads || unread.threads.empty()) return;
    append_key(out, "unread_thread_notifications");
    out += '{';
    for (const auto& [root, counts] : unread.threads) {
        append_key(out, root);
        append_counts(out, counts);
    }
    out += '}';
}

template <class Strings>
void append_strings(std::string& out, const Strings& strings) {
    out += '[';
    for (const auto& one : strings) {
        if (out.back() != '[') out += ',';
        append_json_string(out, one);
    }
    out += ']';
}

void append_summary(std::string& out, const std::optional<RoomSummary>& summary) {
    append_key(out, "summary");
    out += '{';
    if (summary) {
        append_key(out, "m.joined_member_count");
        out += std::to_string(summary->joined);
        append_key(out, "m.invited_member_count");
        out += std::to_string(summary->invited);
        if (summary->heroes) {
            append_key(out, "m.heroes");
            append_strings(out, *summary->heroes);
        }
    }
    out += '}';
}

}  // namespace

void SyncBuilder::append_timeline(std::string& out, const SyncRoom& room) const {
    const EventSerializer serializer(view_, extras_);
    append_key(out, "timeline");
    out += "{\"events\":";
    serializer.append_list(out, room.timeline, Show::in_timeline);
    append_key(out, "prev_batch");
    const bool from_now = !request_.since || (room.joined && !room.quiet);
    const auto& token = from_now ? now_ : *request_.since;
    append_json_string(out, token.with_events(room.prev_batch).str(token_width_));
    append_key(out, "limited");
    out += room.limited ? "true}" : "false}";
    append_key(out, "state");
    out += "{\"events\":";
    serializer.append_list(out, room.state, Show::alone);
    out += '}';
    append_events(out, "account_data", room.account_data);
}

void SyncBuilder::append_joined(std::string& out, const SyncRoom& room) const {
    append_key(out, room.room_id);
    out += '{';
    append_timeline(out, room);
    append_events(out, "ephemeral", room.ephemeral);
    append_unread(out, room.unread, request_.filter.timeline.unread_thread_notifications);
    append_summary(out, room.summary);
    out += '}';
}

void SyncBuilder::append_left(std::string& out, const SyncRoom& room) const {
    append_key(out, room.room_id);
    out += '{';
    append_timeline(out, room);
    out += '}';
}

void SyncBuilder::append_pending(std::string& out, const PendingRoom& room,
                                 std::string_view section) const {
    const auto it = pending_events_.find(room.event_id);
    if (it == pending_events_.end()) return;
    const auto& event = *it->second;
    append_key(out, room.room_id);
    out += '{';
    append_key(out, section);
    out += "{\"events\":[";
    const auto stripped = section == "invite_state" ? "invite_room_state" : "knock_room_state";
    if (const auto* state = find_member(event.other_unsigned, stripped);
        state && state->is_array()) {
        for (const auto& one : *state) {
            out += dump_json(one);
            out += ',';
        }
    }
    append_stripped(out, event);
    out += "]}}";
}

void SyncBuilder::append_rooms(std::string& out) {
    if (rooms_.joined.empty() && rooms_.left.empty() && rooms_.invited.empty() &&
        rooms_.knocked.empty()) {
        return;
    }
    append_key(out, "rooms");
    out += '{';
    const auto section = [&](std::string_view key, auto& rooms, auto append) {
        if (rooms.empty()) return;
        append_key(out, key);
        out += '{';
        for (auto& room : rooms)
            append(room);
        out += '}';
        rooms.clear();
    };
    section("join", rooms_.joined, [&](const auto& room) { append_joined(out, room); });
    section("leave", rooms_.left, [&](const auto& room) { append_left(out, room); });
    section("invite", rooms_.invited,
            [&](const auto& room) { append_pending(out, room, "invite_state"); });
    section("knock", rooms_.knocked,
            [&](const auto& room) { append_pending(out, room, "knock_state"); });
    out += '}';
}

void SyncBuilder::append_devices(std::string& out) const {
    if (!devices_.to_device.empty()) append_events(out, "to_device", devices_.to_device);
    if (!devices_.changed.empty() || !devices_.left.empty()) {
        append_key(out, "device_lists");
        out += '{';
        if (!devices_.changed.empty()) {
            append_key(out, "changed");
            append_strings(out, devices_.changed);
        }
        if (!devices_.left.empty()) {
            append_key(out, "left");
            append_strings(out, devices_.left);
        }
        out += '}';
    }
    append_key(out, "device_one_time_keys_count");
    out += '{';
    // Clients upload nothing until they are told that this count is low.
    if (request_.device_id && !devices_.keys.one_time_keys.contains("signed_curve25519")) {
        append_key(out, "signed_curve25519");
        out += '0';
    }
    for (const auto& [algorithm, count] : devices_.keys.one_time_keys) {
        append_key(out, algorithm);
        out += std::to_string(count);
    }
    out += '}';
    append_key(out, "device_unused_fallback_key_types");
    append_strings(out, devices_.keys.unused_fallback_types);
}

std::string SyncBuilder::text() {
    std::string out = "{\"next_batch\":";
    append_json_string(out, now_.str(token_width_));
    if (!global_account_data_.empty()) append_events(out, "account_data", global_account_data_);
    if (!presence_.empty()) append_events(out, "presence", presence_);
    append_devices(out);
    append_rooms(out);
    out += '}';
    return out;
}

}  // namespace aksono::sync
