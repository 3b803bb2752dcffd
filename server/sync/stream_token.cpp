// SPDX-License-Identifier: Apache-2.0
#include "sync/stream_token.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <vector>

namespace aksono::sync {

namespace {

using Writers = const std::set<std::int64_t>*;

/// Streams beside the events that may have several writers. Of the others a plain number is due.
constexpr std::array<StreamToken::Field, 4> kManyWriters{
    StreamToken::receipts, StreamToken::device_lists, StreamToken::sticky_events,
    StreamToken::quarantined_media};

bool may_have_writers(std::size_t field) {
    return std::find(kManyWriters.begin(), kManyWriters.end(), field) != kManyWriters.end();
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        const auto end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == text.npos) return parts;
        text.remove_prefix(end + 1);
    }
}

/// As Python reads an int: blanks around it and a plus sign are fine, size does not matter.
std::optional<std::int64_t> parse_integer(std::string_view text) {
    while (!text.empty() && text.front() == ' ')
        text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ')
        text.remove_suffix(1);
    if (text.starts_with('+')) text.remove_prefix(1);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (end != text.data() + text.size() || text.empty()) return std::nullopt;
    if (error == std::errc::result_out_of_range) {
        return text.front() == '-' ? std::numeric_limits<std::int64_t>::min()
                                   : std::numeric_limits<std::int64_t>::max();
    }
    return error == std::errc() ? std::optional(value) : std::nullopt;
}

/// `5~1.7~2.6`, the part behind the m.
std::optional<StreamPosition> parse_writers(std::string_view text, Writers known) {
    const auto parts = split(text, '~');
    const auto lowest = parse_integer(parts.front());
    if (!lowest) return std::nullopt;
    StreamPosition position{*lowest, {}};
    for (std::size_t i = 1; i < parts.size(); ++i) {
        if (parts[i].empty()) continue;
        const auto dot = parts[i].find('.');
        if (dot == std::string_view::npos) return std::nullopt;
        const auto writer = parse_integer(parts[i].substr(0, dot));
        const auto reached = parse_integer(parts[i].substr(dot + 1));
        if (!writer || !reached) return std::nullopt;
        if (known != nullptr && !known->contains(*writer)) return std::nullopt;
        if (*reached <= *lowest) return std::nullopt;  // not ahead: Synapse made no such token
        position.writers[*writer] = *reached;
    }
    return position;
}

std::optional<StreamPosition> parse_position(std::string_view text, Writers known) {
    if (text.starts_with('m')) return parse_writers(text.substr(1), known);
    const auto stream = parse_integer(text);
    return stream ? std::optional(StreamPosition{*stream, {}}) : std::nullopt;
}

std::optional<EventPosition> parse_events(std::string_view text, Writers known) {
    if (text.starts_with('m')) {
        const auto at = parse_writers(text.substr(1), known);
        return at ? std::optional(EventPosition{{}, *at}) : std::nullopt;
    }
    if (text.starts_with('s')) {
        const auto stream = parse_integer(text.substr(1));
        return stream ? std::optional(EventPosition::live(*stream)) : std::nullopt;
    }
    if (!text.starts_with('t')) return std::nullopt;
    const auto parts = split(text.substr(1), '-');
    // An event of a backfill has a negative stream ordering: t5--3.
    const bool negative = parts.size() == 3 && parts[1].empty();
    if (parts.size() != 2 && !negative) return std::nullopt;
    const auto topological = parse_integer(parts.front());
    const auto stream = parse_integer(parts.back());
    if (!topological || !stream) return std::nullopt;
    return EventPosition::historical(*topological, negative ? -*stream : *stream);
}

void append(std::string& out, const StreamPosition& position) {
    if (position.writers.empty()) {
        out += std::to_string(position.stream);
        return;
    }
    out += 'm' + std::to_string(position.stream);
    for (const auto& [writer, reached] : position.writers) {
        out += '~' + std::to_string(writer) + '.' + std::to_string(reached);
    }
}

void append(std::string& out, const EventPosition& position) {
    if (position.topological) {
        out += 't' + std::to_string(*position.topological) + '-';
    } else if (position.at.writers.empty()) {
        out += 's';
    }
    append(out, position.at);
}

}  // namespace

StreamToken StreamToken::now(const storage::Streams& streams, std::int64_t typing_position) {
    StreamToken token;
    token.events = EventPosition::live(streams.events.position());
    token.set(presence, streams.presence.position());
    token.set(typing, typing_position);
    token.set(receipts, streams.receipts.position());
    token.set(account_data, streams.account_data.position());
    token.set(push_rules, streams.push_rules.position());
    token.set(to_device, streams.to_device.position());
    token.set(device_lists, streams.device_lists.position());
    token.set(un_partial_stated_rooms, streams.un_partial_stated_rooms.position());
    token.set(thread_subscriptions, streams.thread_subscriptions.position());
    token.set(sticky_events, streams.sticky_events.position());
    token.set(quarantined_media, streams.quarantined_media.position());
    token.set(profile_updates, streams.profile_updates.position());
    return token;
}

std::optional<StreamToken> StreamToken::parse(std::string_view text, Writers known) {
    const auto parts = split(text, '_');
    if (parts.size() > kNewestWidth) return std::nullopt;
    const auto events = parse_events(parts.front(), known);
    if (!events) return std::nullopt;
    StreamToken token;
    token.events = *events;
    for (std::size_t i = 1; i < parts.size(); ++i) {
        auto position = parse_position(parts[i], known);
        if (!position || (parts[i].starts_with('m') && !may_have_writers(i - 1))) {
            return std::nullopt;
        }
        token.others_[i - 1] = std::move(*position);
    }
    return token;
}

std::string StreamToken::str(std::size_t width) const {
    std::string out;
    append(out, events);
    for (std::size_t i = 0; i + 1 < std::min(width, kNewestWidth); ++i) {
        out += '_';
        append(out, others_[i]);
    }
    return out;
}

StreamToken StreamToken::with_events(EventPosition position) const {
    StreamToken token = *this;
    token.events = std::move(position);
    return token;
}

}  // namespace aksono::sync
