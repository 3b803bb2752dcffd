// SPDX-License-Identifier: Apache-2.0
#include "storage/fence.h"

#include "base/log.h"
#include "pg/errors.h"
#include "storage/position_keeper.h"
#include "storage/positions.h"
#include "storage/stream_tables.h"

#include <algorithm>
#include <chrono>
#include <map>

#include <fmt/format.h>

namespace aksono::storage {

namespace {

constexpr std::string_view kLogger = "aksono.fence";
constexpr Millis kInterval = 300;
/// Longer without a sign of life from the database, and we no longer know who writes.
constexpr Millis kStale = 3000;
constexpr Millis kPatience = 3000;
constexpr Millis kReconnect = 1000;
/// How long a barred session may wait. PostgreSQL does not notice that its client is gone.
constexpr Millis kBarredPatience = 1000;
/// A Synapse that lives comes back to the barred tables within ten seconds.
constexpr Millis kSynapseInterval = 12000;
constexpr const char* kAdvice = "; stop the other writer, then start Aksono again";

std::string describe(const std::vector<ForeignSession>& sessions) {
    std::string text;
    for (const auto& session : sessions) {
        if (!text.empty()) text += ", ";
        text += fmt::format("pid {} from {}", session.pid, session.address);
        if (!session.application_name.empty()) text += " («" + session.application_name + "»)";
    }
    return text;
}

}  // namespace

Fence::Fence(Options options) : options_(std::move(options)) {}

Fence::~Fence() {
    release();
}

void Fence::acquire() {
    thread_ = std::thread([this] { work(); });
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return acquired_ || failure_; });
    if (failure_) {
        lock.unlock();
        thread_.join();
        std::rethrow_exception(failure_);
    }
}

void Fence::watch(const Streams& streams, const PositionKeeper& keeper) {
    const std::lock_guard lock(mutex_);
    streams_ = &streams;
    keeper_ = &keeper;
}

bool Fence::writable() const {
    return allowed_.load(std::memory_order_acquire) &&
           steady_ms() - seen_at_.load(std::memory_order_relaxed) < kStale;
}

std::string Fence::reason() const {
    if (writable()) return {};
    const std::lock_guard lock(mutex_);
    return reason_.empty() ? "the database does not answer" : reason_;
}

void Fence::release() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        lost_for_ever_ = true;
        streams_ = nullptr;
        keeper_ = nullptr;
    }
    set_state(false, "the server has stopped");
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Fence::set_state(bool writable, std::string reason) {
    const std::lock_guard lock(mutex_);
    if (writable && lost_for_ever_) return;
    if (writable && acquired_ && !reason_.empty()) log::info(kLogger, "Writing is allowed");
    reason_ = std::move(reason);
    if (writable) seen_at_.store(steady_ms(), std::memory_order_relaxed);
    allowed_.store(writable, std::memory_order_release);
}

void Fence::stop_writing(const std::string& why, bool for_ever) {
    const bool news = allowed_.load();
    if (for_ever) {
        const std::lock_guard lock(mutex_);
        lost_for_ever_ = true;
    }
    set_state(false, why);
    if (!news) return;
    log::emit(kLogger, log::Level::critical, "Writing stops: {}", why);
}

/// True when it is time to end.
bool Fence::sleep(Millis duration) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::milliseconds(duration),
                             [this] { return stopping_; });
}

/// Holds the locks as long as it may; comes back for them when the session was lost.
void Fence::work() {
    for (;;) {
        try {
            pg::Connection connection(options_.session);
            connection.run(pg::Isolation::read_committed,
                           [this](pg::Transaction& tx) { hold(tx); });
            return;
        } catch (const std::exception& error) {
            std::unique_lock lock(mutex_);
            if (!acquired_) {
                failure_ = std::current_exception();
                lock.unlock();
                changed_.notify_all();
                return;
            }
            lock.unlock();
            stop_writing(fmt::format("the fence's session is lost: {}", error.what()), false);
        }
        if (sleep(kReconnect)) return;
    }
}

void Fence::hold(pg::Transaction& tx) {
    barred_ = false;
    set_fence_timeouts(tx);
    if (!try_lock_writer(tx)) {
        throw FenceRefused(
            "Another Aksono writes to this database; stop it, or start this one with --read-only");
    }
    try {
        lock_schema_version(tx);
    } catch (const pg::SqlError&) {
        throw FenceRefused(
            "A Synapse is starting on this database, or its schema is being changed; wait for that "
            "or stop it");
    }
    refuse_company(tx);
    {
        const std::lock_guard lock(mutex_);
        acquired_ = true;
    }
    if (look(tx)) set_state(true, {});
    changed_.notify_all();
    while (!sleep(kInterval)) {
        if (look(tx)) set_state(true, {});
    }
}

std::vector<ForeignSession> Fence::synapse_sessions(pg::Transaction& tx) const {
    auto sessions = select_foreign_sessions(tx);
    std::erase_if(sessions, [this](const ForeignSession& session) {
        std::string name = session.application_name;
        std::transform(name.begin(), name.end(), name.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        const bool alike = session.barred || name.empty() ||
                           name.find("synapse") != std::string::npos ||
                           session.application_name == options_.synapse_application_name;
        return !alike;
    });
    return sessions;
}

/// A Synapse that was just stopped may need a moment to be gone.
void Fence::refuse_company(pg::Transaction& tx) const {
    if (options_.force) return;
    const Millis deadline = steady_ms() + kPatience;
    auto sessions = synapse_sessions(tx);
    while (!sessions.empty() && steady_ms() < deadline) {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        sessions = synapse_sessions(tx);
    }
    if (sessions.empty()) return;
    throw FenceRefused(fmt::format(
        "{} session{} on the database look{} like a running Synapse ({}); stop Synapse and its "
        "workers first, or, when you know that nothing else writes, start with --force SERVER_NAME",
        sessions.size(), sessions.size() == 1 ? "" : "s", sessions.size() == 1 ? "s" : "",
        describe(sessions)));
}

void Fence::report_sessions(const std::vector<ForeignSession>& sessions) {
    std::vector<ForeignSession> waiting;
    std::vector<ForeignSession> others;
    // A Synapse is first seen connecting and a moment later waiting: two things to tell.
    std::set<std::pair<std::int64_t, bool>> seen;
    for (const auto& session : sessions) {
        seen.emplace(session.pid, session.waiting);
        if (reported_.contains({session.pid, session.waiting})) continue;
        (session.waiting ? waiting : others).push_back(session);
    }
    reported_ = std::move(seen);
    if (!waiting.empty()) {
        log::warning(kLogger, "A Synapse waits at the fence to start: {}", describe(waiting));
    }
    if (!others.empty()) {
        log::warning(kLogger, "Sessions that look like Synapse have come: {}", describe(others));
    }
}

/// The tables that a live Synapse cannot do without, and we can. Whoever writes to them keeps us
/// from locking them for a moment only.
void Fence::bar(pg::Transaction& tx) {
    if (barred_) return;
    barred_ = try_bar_synapse(tx);
    if (!barred_ && !bar_missed_) {
        log::warning(kLogger, "Somebody writes to the tables of Synapse's locks");
    }
    bar_missed_ = !barred_;
}

/// A sequence out of which we never take anything; empty when none has moved.
std::string Fence::moved_untouched(pg::Transaction& tx) {
    for (const auto& value : select_sequences(tx, untouched_sequences())) {
        const auto [before, first] = untouched_.emplace(value.sequence, value.last);
        if (first || before->second == value.last) continue;
        return fmt::format("sequence {} was moved to {} by someone else", value.sequence,
                           value.last);
    }
    return {};
}

/// What moved although we did not move it; empty when nothing did.
std::string Fence::moved_by_others(pg::Transaction& tx, const Streams* streams,
                                   const PositionKeeper* keeper) {
    std::map<std::string, const Stream*> by_sequence;
    std::map<std::string, std::int64_t> floors;  // before the sequences are read
    std::vector<std::string> sequences;
    for (const auto& tables : stream_tables()) {
        const Stream& stream = streams->*tables.stream;
        by_sequence[stream.sequence()] = &stream;
        floors[stream.sequence()] = stream.position();
        sequences.push_back(stream.sequence());
    }
    for (const auto& row : select_stream_positions(tx)) {
        const auto ceiling = keeper->ceiling(row.stream);
        if (!ceiling || row.position <= *ceiling) continue;
        return fmt::format("stream_positions of «{}» ({}) was moved to {} by someone else",
                           row.stream, row.instance, row.position);
    }
    for (const auto& value : select_sequences(tx, sequences)) {
        if (value.last > by_sequence.at(value.sequence)->ceiling()) {
            return fmt::format("sequence {} was moved to {} by someone else", value.sequence,
                               value.last);
        }
        if (value.last < floors.at(value.sequence)) {
            return fmt::format("sequence {} went back to {}: is this another copy of the database?",
                               value.sequence, value.last);
        }
    }
    return moved_untouched(tx);
}

/// True when we are alone.
bool Fence::look(pg::Transaction& tx) {
    const Streams* streams = nullptr;
    const PositionKeeper* keeper = nullptr;
    {
        const std::lock_guard lock(mutex_);
        streams = streams_;
        keeper = keeper_;
    }
    if (streams != nullptr) {
        bar(tx);
        if (const auto moved = moved_by_others(tx, streams, keeper); !moved.empty()) {
            stop_writing(moved + kAdvice, true);
            return false;
        }
    }
    const auto sessions = synapse_sessions(tx);
    report_sessions(sessions);
    return nobody_writes(tx, sessions);
}

/// Sessions that wait at the barred tables are sent away after a moment: those of the living come
/// again, those of the dead would wait for ever.
std::vector<ForeignSession> Fence::turn_away(pg::Transaction& tx,
                                             const std::vector<ForeignSession>& sessions) {
    const Millis now = steady_ms();
    std::vector<ForeignSession> barred;
    std::map<std::int64_t, Millis> since;
    std::vector<std::int64_t> tired;
    for (const auto& session : sessions) {
        if (!session.barred) continue;
        barred.push_back(session);
        const auto known = barred_since_.find(session.pid);
        since[session.pid] = known == barred_since_.end() ? now : known->second;
        if (now - since[session.pid] > kBarredPatience) tired.push_back(session.pid);
    }
    barred_since_ = std::move(since);
    if (!barred.empty()) synapse_seen_at_ = now;
    if (!tired.empty()) cancel_statements(tx, tired);
    return barred;
}

bool Fence::nobody_writes(pg::Transaction& tx, const std::vector<ForeignSession>& sessions) {
    const auto barred = turn_away(tx, sessions);
    if (!barred.empty()) {
        stop_writing("a Synapse runs, held at its next write; stop it: " + describe(barred), false);
        return false;
    }
    if (synapse_seen_at_ && steady_ms() - *synapse_seen_at_ < kSynapseInterval) return false;
    std::vector<ForeignSession> writing;
    std::copy_if(sessions.begin(), sessions.end(), std::back_inserter(writing),
                 [](const ForeignSession& session) { return session.writing; });
    if (writing.empty()) return true;
    stop_writing("a session that looks like Synapse writes: " + describe(writing), false);
    return false;
}

}  // namespace aksono::storage
