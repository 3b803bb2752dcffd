// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pg/connection.h"
#include "rooms/event_persister.h"
#include "storage/stream.h"

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace aksono::rooms::dbtest {

/// What came of one event: «ok», or the error's text.
using Outcome = std::future<std::string>;

/// A persister on the throwaway database of the environment variable AKSONO_TEST_DSN, which has a
/// fresh Synapse schema, and a session beside it that looks, and does harm. Names are new each
/// time, so that one database serves all tests.
class PersisterLab : public EventListener {
public:
    struct Options {
        std::string host;  ///< another than the DSN's
        Millis statement_timeout = 0;
    };
    PersisterLab();
    explicit PersisterLab(const Options& options);
    ~PersisterLab() override;

    void on_persisted(const std::vector<PersistedEvent>& events) override;

    /// A new room with one event; its id.
    std::string make_room();
    /// Of a room that nobody made.
    static std::string new_room_id();
    /// Not sent yet. `prev`: by default the room's first event.
    EventToPersist make_event(const std::string& room, const std::string& prev = "");
    Outcome send(EventToPersist event);

    void sql(const std::string& text);
    std::string value(const std::string& query);
    /// The next writes into `table` fail with what `harm` (a PL/pgSQL statement) does, `times`
    /// times. `when`: SQL about NEW. `at_commit`: at the end of the transaction.
    void harm(const std::string& table, const std::string& harm, int times = 1,
              const std::string& when = "true", bool at_commit = false);
    /// Runs `queue` while the persister is held up by an event of its own, so that all that is sent
    /// there makes one batch.
    void in_one_batch(const std::function<void()>& queue);
    void terminate_persister();

    /// How often the event is there: 1 when every table has one row of it, else a tale of woe.
    std::string stored(const std::string& event_id);
    [[nodiscard]] int told_of(const std::string& event_id);

    /// What listens throws from now on, after it took notice.
    void throw_when_told() { throws_ = true; }

    static std::string socket();
    storage::Streams streams;

    EventPersister& persister() { return *persister_; }

private:
    pg::ConnectionSettings settings_;
    pg::Connection session_;
    std::vector<std::string> harmed_;
    std::atomic<bool> throws_ = false;
    std::mutex mutex_;
    std::vector<std::pair<std::string, std::int64_t>> told_;
    std::unique_ptr<EventPersister> persister_;  // the last member: ends first
};

}  // namespace aksono::rooms::dbtest
