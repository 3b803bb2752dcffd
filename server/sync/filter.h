// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aksono::sync {

/// One part of a filter: which events pass. A list that is absent lets everything pass, an empty
/// one nothing. https://spec.matrix.org/latest/client-server-api/#filtering
struct EventFilter {
    std::int64_t limit = 10;
    std::optional<std::vector<std::string>> types;  ///< «*» at the end stands for any run
    std::vector<std::string> not_types;
    std::optional<std::vector<std::string>> senders;
    std::vector<std::string> not_senders;
    std::optional<std::vector<std::string>> rooms;
    std::vector<std::string> not_rooms;
    std::optional<bool> contains_url;
    std::optional<std::vector<std::string>> related_by_senders;
    std::optional<std::vector<std::string>> related_by_rel_types;
    bool lazy_load_members = false;
    bool include_redundant_members = false;
    bool unread_thread_notifications = false;

    static EventFilter from(const Json& definition);

    /// Lets through only what `other` lets through as well, by its rooms.
    void narrow_rooms(const EventFilter& other);

    /// True when nothing can pass.
    [[nodiscard]] bool blocks_all() const;
    [[nodiscard]] bool passes_type(std::string_view type) const;
    [[nodiscard]] bool passes_sender(std::string_view sender) const;
    /// `room_id`: empty for what names no room.
    [[nodiscard]] bool passes_room(std::string_view room_id) const;
    [[nodiscard]] bool passes(std::string_view type, std::string_view sender,
                              std::string_view room_id, bool has_url) const;
};

/// The filter of a /sync.
struct SyncFilter {
    EventFilter timeline;
    EventFilter state;
    EventFilter ephemeral;
    EventFilter room_account_data;
    EventFilter account_data;
    EventFilter presence;
    EventFilter room;  ///< only its rooms and not_rooms; the parts of rooms above know them, too
    bool include_leave = false;
    bool federation_format = false;
    std::vector<std::string> event_fields;

    /// `definition`: a checked filter object, {} for none. Limits above `highest_limit`
    /// (filter_timeline_limit) are cut; a negative one, or a float, is refused
    /// with 400 M_INVALID_PARAM.
    static SyncFilter from(const Json& definition, std::int64_t highest_limit = 100);
};

}  // namespace aksono::sync
