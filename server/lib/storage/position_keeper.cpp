// SPDX-License-Identifier: Apache-2.0
#include "storage/position_keeper.h"

#include "base/log.h"
#include "storage/stream_tables.h"

#include <algorithm>
#include <chrono>

namespace aksono::storage {

namespace {

constexpr std::chrono::milliseconds kInterval{1000};
constexpr std::string_view kLogger = "aksono.positions";

}  // namespace

PositionKeeper::PositionKeeper(pg::ConnectionSettings session, const Streams& streams,
                               config::Writers writers, Consumers consumers,
                               std::function<bool()> may_write)
    : session_(std::move(session)),
      streams_(streams),
      writers_(std::move(writers)),
      consumers_(std::move(consumers)),
      may_write_(std::move(may_write)) {}

PositionKeeper::~PositionKeeper() {
    if (thread_.joinable()) {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        changed_.notify_all();
        thread_.join();
    }
}

void PositionKeeper::start() {
    // What was persisted before us is written already, or stands still where no row is.
    {
        const std::lock_guard lock(mutex_);
        for (const auto& tables : stream_tables()) {
            const Stream& stream = streams_.*tables.stream;
            written_[stream.name()] = stream.position();
            ceilings_[stream.name()] = stream.position();
        }
    }
    thread_ = std::thread([this] { work(); });
}

bool PositionKeeper::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    if (!thread_.joinable()) return true;  // never started: nothing is ours to write
    thread_.join();
    return round(true);
}

std::optional<std::int64_t> PositionKeeper::ceiling(const std::string& stream) const {
    const std::lock_guard lock(mutex_);
    const auto it = ceilings_.find(stream);
    return it == ceilings_.end() ? std::nullopt : std::optional(it->second);
}

void PositionKeeper::work() {
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, kInterval, [this] { return stopping_; })) {
        lock.unlock();
        round(false);
        lock.lock();
    }
}

bool PositionKeeper::round(bool all) {
    if (!may_write_()) return false;
    try {
        if (!connection_ || !connection_->usable()) connection_.emplace(session_);
        write(*connection_, all);
        failing_ = false;
        return true;
    } catch (const std::exception& error) {
        if (!failing_) log::error(kLogger, "Cannot write stream positions: {}", error.what());
        failing_ = true;
        connection_.reset();
        return false;
    }
}

/// The rows of streams that moved; at the end those of all streams that have rows.
std::vector<PositionRow> PositionKeeper::due_rows(bool all) {
    std::vector<PositionRow> rows;
    const std::lock_guard lock(mutex_);
    for (const auto& tables : stream_tables()) {
        const Stream& stream = streams_.*tables.stream;
        const std::int64_t position = stream.position();
        const bool moved = position > written_[stream.name()];
        const auto before = rows.size();
        if (moved) {
            for (const auto& instance : stream_instances(tables, writers_)) {
                rows.push_back({stream.name(), instance, position});
            }
        } else if (all) {
            for (auto row : present_[stream.name()]) {
                if (row.position >= position) continue;
                row.position = position;
                rows.push_back(row);
            }
        }
        if (rows.size() > before) {
            auto& ceiling = ceilings_[stream.name()];
            ceiling = std::max(ceiling, position);
        }
    }
    return rows;
}

void PositionKeeper::write(pg::Connection& connection, bool all) {
    if (all) {
        present_.clear();
        connection.in(pg::Isolation::autocommit, [this](pg::Transaction& tx) {
            for (auto& row : select_stream_positions(tx))
                present_[row.stream].push_back(row);
        });
    }
    const auto rows = due_rows(all);
    if (!rows.empty()) {
        connection.in(pg::Isolation::autocommit,
                      [&](pg::Transaction& tx) { upsert_stream_positions(tx, rows); });
        for (const auto& row : rows) {
            written_[row.stream] = std::max(written_[row.stream], row.position);
        }
    }
    const std::int64_t events = streams_.events.position();
    if (!all && events == consumers_at_) return;
    connection.in(pg::Isolation::autocommit,
                  [&](pg::Transaction& tx) { advance_consumers(tx, events, consumers_); });
    consumers_at_ = events;
}

}  // namespace aksono::storage
