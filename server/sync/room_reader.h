// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"
#include "base/requester.h"
#include "base/waiter.h"
#include "pg/database.h"
#include "storage/event_reader.h"
#include "storage/stream.h"
#include "sync/event_serializer.h"
#include "sync/filter.h"
#include "sync/room_access.h"
#include "sync/stream_token.h"
#include "sync/visibility.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace aksono::sync {

/// What /messages asks for.
struct PageRequest {
    std::optional<std::string> from;
    std::optional<std::string> to;
    std::optional<std::string> direction;  ///< «b» or «f», the default
    std::int64_t limit = 10;
    Json filter = Json::object();
};

/// What /members asks for.
struct MembersRequest {
    std::optional<std::string> at;
    std::optional<std::string> membership;
    std::optional<std::string> not_membership;
};

/// Answers the requests that read one room. Each answer is JSON text; refusals are MatrixErrors
/// with Synapse's texts.
class RoomReader {
public:
    RoomReader(pg::Database& database, storage::EventReader& reader,
               const storage::Streams& streams, std::size_t token_width = StreamToken::kNewestWidth,
               Retention retention = {})
        : database_(database),
          reader_(reader),
          streams_(streams),
          token_width_(token_width),
          retention_(retention) {}

    std::string messages(Waiter& waiter, const Requester& requester, const RoomId& room,
                         const PageRequest& request);
    std::string state(Waiter& waiter, const Requester& requester, const RoomId& room);
    /// `whole`: the event, not just its content.
    std::string state_event(Waiter& waiter, const Requester& requester, const RoomId& room,
                            const std::string& type, const std::string& key, bool whole);
    std::string members(Waiter& waiter, const Requester& requester, const RoomId& room,
                        const MembersRequest& request);
    std::string joined_members(Waiter& waiter, const Requester& requester, const RoomId& room);
    std::string event(Waiter& waiter, const Requester& requester, const RoomId& room,
                      const std::string& event_id);
    std::string context(Waiter& waiter, const Requester& requester, const RoomId& room,
                        const std::string& event_id, std::int64_t limit, const Json& filter);
    std::string joined_rooms(Waiter& waiter, const Requester& requester);

private:
    /// Events that were read, judged and made ready to be shown.
    struct Shown {
        std::vector<storage::EventPtr> events;
        std::vector<storage::EventPtr> state;
        EventView view;
        EventExtras extras;
    };

    /// What lies on one side of an event.
    struct Around {
        Shown shown;
        EventPosition end;
    };

    [[nodiscard]] EventView view_for(const Requester& requester, EventFormat format) const;
    [[nodiscard]] std::vector<storage::EventPtr> load_in_order(pg::Transaction& tx,
                                                               const storage::StateMap& state);
    void judge(pg::Transaction& tx, const Requester& requester, bool peeking, Shown& shown);
    std::string list_text(pg::Transaction& tx, const Requester& requester,
                          const std::vector<storage::EventPtr>& events);
    Around read_around(pg::Transaction& tx, const Requester& requester, bool peeking,
                       const storage::Event& event, const EventFilter& filter, bool backwards,
                       std::int64_t count);
    std::vector<storage::EventPtr> state_around(pg::Transaction& tx, const EventFilter& filter,
                                                const std::vector<storage::EventPtr>& all,
                                                const storage::Event& last);
    void add_lazy_members(pg::Transaction& tx, const EventFilter& filter, Shown& shown);
    std::optional<StreamToken> page_token(Waiter& waiter, const std::optional<std::string>& text,
                                          const char* parameter);
    storage::StateMap members_at(pg::Transaction& tx, const Requester& requester,
                                 const RoomId& room, const StreamToken& at,
                                 const std::string& text);

    pg::Database& database_;
    storage::EventReader& reader_;
    const storage::Streams& streams_;
    const std::size_t token_width_;
    const Retention retention_;
};

}  // namespace aksono::sync
