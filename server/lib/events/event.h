// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "base/json.h"
#include "crypto/room_version.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// The rules of rooms, without a database or a network: who may do what, and what the state is
/// where histories meet.
namespace aksono::events {

using StateKey = std::pair<std::string, std::string>;  ///< type, state key
using StateMap = std::map<StateKey, std::string>;      ///< → event id

/// A whole event as the rules read it. Never changes once made.
struct Event {
    const crypto::RoomVersion* version = nullptr;  ///< never null, lives for ever
    std::string id;
    std::string room_id;  ///< since version 12 a create event's own, which is not in its JSON
    std::string type;
    std::string sender;
    std::optional<std::string> state_key;
    std::int64_t depth = 0;
    Millis origin_server_ts = 0;
    std::vector<std::string> prev_events;
    /// As the event names them: since version 12 without the create event.
    std::vector<std::string> auth_events;
    bool rejected = false;
    Json json;  ///< an object

    [[nodiscard]] bool is_state() const { return state_key.has_value(); }
    [[nodiscard]] bool is(std::string_view a_type, std::string_view a_state_key = "") const {
        return type == a_type && state_key == a_state_key;
    }
    /// An empty object where the event has none.
    [[nodiscard]] const Json& content() const;
};

using EventPtr = std::shared_ptr<const Event>;

/// What the event's JSON says. Its id is its reference hash, unless the caller knows it or, in
/// versions 1 and 2, the JSON has it. Members that are missing or of a wrong type are left empty:
/// whether an event is well-formed is for format_check.h to say.
EventPtr read_event(const crypto::RoomVersion& version, Json json, std::string id = {});

/// Where rules find events that they know by id.
class EventSource {
public:
    virtual ~EventSource() = default;
    /// nullptr for an event that is not here.
    virtual EventPtr find(const std::string& id) = 0;
    /// These will be asked for: what reads from a database reads them all at once.
    virtual void expect(const std::vector<std::string>& ids) = 0;
};

}  // namespace aksono::events
