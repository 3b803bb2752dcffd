// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pg/connection.h"
#include "pg/pipeline.h"
#include "rooms/room_locks.h"
#include "rooms/side_effects.h"
#include "storage/event_write.h"
#include "storage/stream.h"

#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace aksono::rooms {

/// An event that is ready to be written, and its room's lock.
struct EventToPersist {
    std::shared_ptr<const NewEvent> event;
    storage::EventWrite row;  ///< stream_ordering is set when it is written
    std::vector<PushAction> push_actions;
    RoomLocks::Hold hold;  ///< let go once the event is committed or refused
};

/// Writes events on a thread and sessions of its own: whatever waits, for all rooms, is committed
/// together. When that fails it is rolled back and done one by one, and only the guilty gets the
/// error.
class EventPersister {
public:
    /// `writers`: the configured writers of the event stream, at least one.
    EventPersister(pg::ConnectionSettings settings, storage::Streams& streams,
                   std::vector<std::string> writers, std::vector<EventListener*> listeners);
    ~EventPersister() { stop(); }
    EventPersister(const EventPersister&) = delete;
    EventPersister& operator=(const EventPersister&) = delete;

    /// From now on events get 503 (MatrixError) while `may_write` says no. Before the first event.
    void only_write_while(std::function<bool()> may_write) { may_write_ = std::move(may_write); }

    /// Returns the event's stream ordering once it is committed, and throws when it never will be.
    /// The event is written even when the waiter gives up.
    std::int64_t persist(Waiter& waiter, EventToPersist event);

    /// Writes what is queued, then ends the thread. Later events are refused.
    void stop();

private:
    struct Job {
        EventToPersist event;
        std::shared_ptr<WakeUp> wake_up;
        std::exception_ptr error;
        bool done = false;  // guarded by mutex_
    };
    using Batch = std::vector<std::shared_ptr<Job>>;

    /// Why a batch was not written, or not all of it.
    struct Trouble {
        std::exception_ptr error;
        bool again = false;     ///< the same may succeed
        bool everyone = false;  ///< no one event is to blame
    };

    void work();
    Batch next();
    void process(Batch batch);
    /// What is still to be done is left in `batch`.
    std::optional<Trouble> attempt(Batch& batch);
    void commit(const Batch& batch);
    /// After a lost connection: those that were committed all the same are done.
    std::optional<Trouble> settle(Batch& batch, int lost_backend);
    void wait_for_end_of(int backend);
    void connect();
    void disconnect();
    void conclude(const Batch& batch);
    static void tell(EventListener& listener, const std::vector<PersistedEvent>& events);
    void finish(Job& job, std::exception_ptr error);

    const pg::ConnectionSettings settings_;
    storage::Streams& streams_;
    const std::vector<std::string> writers_;
    const std::vector<EventListener*> listeners_;
    std::function<bool()> may_write_;
    std::unique_ptr<pg::Connection> reader_;
    std::unique_ptr<pg::Pipeline> pipeline_;

    std::mutex mutex_;
    std::condition_variable changed_;
    Batch queue_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace aksono::rooms
