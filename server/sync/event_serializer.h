// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "storage/event_reader.h"
#include "storage/relations.h"

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace aksono::sync {

/// How an event is shown.
enum class EventFormat {
    without_room_id,  ///< /sync
    with_room_id,     ///< the specification's ClientEvent
    legacy,           ///< /messages, /state and their like: some of `unsigned` is on top as well
    federation,       ///< as servers exchange it
};

/// With what an event is shown.
enum class Show {
    in_timeline,  ///< what relates to it, and the viewer's membership at the time
    related,      ///< within another event: what relates to it
    alone,        ///< neither: state, and edits and redactions within another event
};

/// To whom, when and how.
struct EventView {
    EventFormat format = EventFormat::with_room_id;
    Millis now = 0;
    std::string user;
    std::optional<std::string> device_id;
    std::optional<std::int64_t> token_id;
    std::vector<std::string> event_fields;  ///< empty: all
};

/// What is shown with events and must be loaded for all of them at once.
struct EventExtras {
    storage::EventMap events;                                 ///< replaced and related ones, by id
    storage::Relations relations;                             ///< of those that are shown with them
    std::unordered_map<std::string, std::string> membership;  ///< the viewer's, by event id

    /// Loads what those of `events` replace that were in a timeline and, of `aggregated`, what
    /// relates to them: at most six statements.
    void load(pg::Transaction& tx, storage::EventReader& reader,
              const std::vector<storage::EventPtr>& events,
              const std::vector<storage::EventPtr>& aggregated, const std::string& viewer);
};

/// Writes events as clients see them. Works on loaded data only.
class EventSerializer {
public:
    EventSerializer(const EventView& view, const EventExtras& extras)
        : view_(view), extras_(extras) {}

    void append(std::string& out, const storage::Event& event, Show show) const;
    void append_list(std::string& out, const std::vector<storage::EventPtr>& events,
                     Show show) const;
    [[nodiscard]] std::string text(const storage::Event& event, Show show) const;

private:
    void append_whole(std::string& out, const storage::Event& event, Show show) const;
    void append_federation(std::string& out, const storage::Event& event, Show show) const;
    void append_unsigned(std::string& out, const storage::Event& event, Show show) const;
    void append_previous(std::string& out, const storage::Event& event) const;
    void append_legacy_members(std::string& out, const storage::Event& event) const;
    void append_relations(std::string& out, const storage::Event& event) const;
    [[nodiscard]] const storage::Event* find(const std::string& id) const;
    [[nodiscard]] bool sent_by_viewer(const storage::Event& event) const;

    const EventView& view_;
    const EventExtras& extras_;
};

/// type, state_key, content and sender: what somebody outside the room is shown.
void append_stripped(std::string& out, const storage::Event& event);

}  // namespace aksono::sync
