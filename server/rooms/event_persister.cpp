// SPDX-License-Identifier: Apache-2.0
#include "rooms/event_persister.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/matrix_error.h"
#include "storage/redaction_invalidations.h"
#include "storage/room_writer.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <unordered_set>

namespace aksono::rooms {

namespace {

constexpr std::string_view kLogger = "synapse.storage.persist_events";
constexpr Millis kLongWait = 60'000;
// How long the database may be away before waiting senders are told.
constexpr Millis kPatience = 5'000;

void pause(int milliseconds) {
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
}

}  // namespace

EventPersister::EventPersister(pg::ConnectionSettings settings, storage::Streams& streams,
                               std::vector<std::string> writers,
                               std::vector<EventListener*> listeners)
    : settings_(std::move(settings)),
      streams_(streams),
      writers_(std::move(writers)),
      listeners_(std::move(listeners)),
      thread_([this] { work(); }) {}

void EventPersister::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

std::int64_t EventPersister::persist(Waiter& waiter, EventToPersist event) {
    auto job = std::make_shared<Job>();
    job->event = std::move(event);
    job->wake_up = waiter.make_wake_up();
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) throw MatrixError(503, "M_UNKNOWN", "Server is shutting down");
        queue_.push_back(job);
    }
    changed_.notify_all();
    const auto is_done = [&] {
        const std::lock_guard lock(mutex_);
        return job->done;
    };
    while (!is_done())
        waiter.wait(*job->wake_up, kLongWait);
    if (job->error) std::rethrow_exception(job->error);
    return job->event.row.stream_ordering;
}

void EventPersister::work() {
    for (Batch batch = next(); !batch.empty(); batch = next())
        process(batch);
}

EventPersister::Batch EventPersister::next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    return std::exchange(queue_, {});
}

void EventPersister::process(Batch batch) {
    const Millis deadline = steady_ms() + kPatience;
    for (int delay = 10;; delay = std::min(delay * 2, 500)) {
        const auto trouble = attempt(batch);
        if (batch.empty()) return;
        if (trouble->again && steady_ms() < deadline) {
            pause(delay);
        } else if (trouble->everyone || batch.size() == 1) {
            for (const auto& job : batch)
                finish(*job, trouble->error);
            return;
        } else {
            for (const auto& job : batch)
                process({job});
            return;
        }
    }
}

std::optional<EventPersister::Trouble> EventPersister::attempt(Batch& batch) {
    if (may_write_ && !may_write_()) {
        return Trouble{std::make_exception_ptr(
                           MatrixError::unknown(503, "This server does not write at the moment")),
                       false, true};
    }
    std::optional<int> lost_backend;
    try {
        commit(batch);
    } catch (const pg::NulByte&) {
        return Trouble{std::make_exception_ptr(MatrixError::invalid_param(
            "The event contains U+0000 where the database cannot hold it"))};
    } catch (const pg::StatementFailed& failed) {
        log::warning(kLogger, "Writing {} event(s) failed: {}", batch.size(), failed.what());
        // The session was logged out while its event was under way.
        if (failed.statement() == "event_txn_insert" && failed.is_missing_reference()) {
            return Trouble{std::make_exception_ptr(MatrixError(401, "M_UNKNOWN_TOKEN",
                                                               "Access token has been revoked",
                                                               {{"soft_logout", false}}))};
        }
        return Trouble{std::current_exception(), failed.transient()};
    } catch (const pg::OutcomeUnknown& unknown) {
        lost_backend = unknown.backend();
    } catch (const std::exception& error) {
        log::warning(kLogger, "The database cannot be reached: {}", error.what());
        disconnect();
        return Trouble{std::current_exception(), true, true};
    }
    if (lost_backend) return settle(batch, *lost_backend);
    conclude(batch);
    batch.clear();
    return std::nullopt;
}

void EventPersister::commit(const Batch& batch) {
    connect();
    std::vector<storage::EventWrite*> rows;
    std::vector<storage::CacheInvalidation> stale;
    for (const auto& job : batch) {
        auto& row = job->event.row;
        row.instance_name = storage::writer_of_room(writers_, row.room_id);
        rows.push_back(&row);
        auto more = storage::redaction_invalidations(row);
        std::ranges::move(more, std::back_inserter(stale));
        if (job->event.row.merges_states) {
            stale.push_back(storage::current_state_invalidation(job->event.row.room_id));
        }
    }
    std::vector<storage::Stream::Lease> leases;  // events, then caches
    reader_->in(pg::Isolation::autocommit, [&](pg::Transaction& tx) {
        leases.push_back(streams_.events.reserve(tx, static_cast<int>(rows.size())));
        if (stale.empty()) return;
        leases.push_back(streams_.caches.reserve(tx, static_cast<int>(stale.size())));
    });
    const Millis now = now_ms();
    for (std::size_t i = 0; i < rows.size(); ++i) {
        rows[i]->stream_ordering = leases.front().ids()[i];
        rows[i]->received_ts = now;
    }
    pipeline_->begin();
    bool unstorable = false;
    try {
        storage::write_events(*pipeline_, {rows.begin(), rows.end()});
        if (!stale.empty()) {
            storage::insert_cache_invalidations(*pipeline_, stale, leases.back().ids(), now);
        }
    } catch (const pg::NulByte&) {
        unstorable = true;
    }
    if (unstorable) {
        pipeline_->roll_back();
        throw pg::NulByte();
    }
    pipeline_->commit();
}

std::optional<EventPersister::Trouble> EventPersister::settle(Batch& batch, int lost_backend) {
    log::warning(kLogger, "The connection was lost while {} event(s) were written", batch.size());
    disconnect();
    std::vector<std::string> ids;
    for (const auto& job : batch)
        ids.push_back(job->event.row.event_id);
    std::unordered_set<std::string> found;
    const Millis deadline = steady_ms() + kPatience;
    for (;;) {
        std::exception_ptr error;
        try {
            connect();
            // As long as the old session lives it may still commit.
            wait_for_end_of(lost_backend);
            reader_->run(pg::Isolation::autocommit, [&](pg::Transaction& tx) {
                for (auto& id : storage::persisted_among(tx, ids))
                    found.insert(std::move(id));
            });
            break;
        } catch (const std::exception&) {
            error = std::current_exception();
        }
        disconnect();
        if (steady_ms() > deadline) return Trouble{error, false, true};
        pause(100);
    }
    Batch written;
    std::erase_if(batch, [&](const auto& job) {
        if (!found.contains(job->event.row.event_id)) return false;
        written.push_back(job);
        return true;
    });
    conclude(written);
    return Trouble{std::make_exception_ptr(pg::OutcomeUnknown(lost_backend)), true, false};
}

void EventPersister::wait_for_end_of(int backend) {
    const auto lives = [&] {
        return reader_->in(pg::Isolation::autocommit,
                           [&](pg::Transaction& tx) { return storage::end_session(tx, backend); });
    };
    const Millis deadline = steady_ms() + kPatience;
    while (lives()) {
        if (steady_ms() > deadline) throw std::runtime_error("a lost session does not end");
        pause(20);
    }
}

void EventPersister::connect() {
    if (!reader_ || !reader_->usable()) reader_ = std::make_unique<pg::Connection>(settings_);
    if (!pipeline_ || !pipeline_->usable()) pipeline_ = std::make_unique<pg::Pipeline>(settings_);
}

void EventPersister::disconnect() {
    pipeline_.reset();
    reader_.reset();
}

/// What goes wrong there is no reason to write the events once more.
void EventPersister::tell(EventListener& listener, const std::vector<PersistedEvent>& events) {
    try {
        listener.on_persisted(events);
    } catch (const std::exception& error) {
        log::error(kLogger, "After {} event(s) were written: {}", events.size(), error.what());
    }
}

/// The listeners come first: whoever is answered may ask for the event at once.
void EventPersister::conclude(const Batch& batch) {
    std::vector<PersistedEvent> events;
    for (const auto& job : batch) {
        const auto& event = job->event;
        events.push_back({event.event, event.row.stream_ordering, event.push_actions});
    }
    if (!events.empty()) {
        for (EventListener* listener : listeners_)
            tell(*listener, events);
    }
    for (const auto& job : batch)
        finish(*job, nullptr);
}

void EventPersister::finish(Job& job, std::exception_ptr error) {
    // The lock goes first, so that it is free for whoever the answer lets go on.
    job.event.hold.release();
    {
        const std::lock_guard lock(mutex_);
        job.error = std::move(error);
        job.done = true;
    }
    job.wake_up->fire();
}

}  // namespace aksono::rooms
