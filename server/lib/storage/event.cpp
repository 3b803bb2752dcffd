// SPDX-License-Identifier: Apache-2.0
#include "storage/event.h"

#include "base/json_scan.h"

namespace aksono::storage {

std::string_view Event::member(std::string_view key) const {
    for (const auto& [name, value] : scan_object(json)) {
        if (name == key) return value;
    }
    return {};
}

Json Event::content() const {
    auto content = parse_json(content_text());
    return content && content->is_object() ? std::move(*content) : Json::object();
}

std::string Event::membership() const {
    if (type != "m.room.member") return {};
    const Json all = content();
    const auto* membership = find_string(all, "membership");
    return membership == nullptr ? std::string() : *membership;
}

Json Event::parsed() const {
    auto whole = parse_json(json);
    return whole ? std::move(*whole) : Json::object();
}

void mark_in_timeline(const EventMap& events) {
    for (const auto& [id, event] : events)
        event->in_timeline.set();
}

}  // namespace aksono::storage
