// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "config/writers.h"
#include "pg/connection.h"
#include "storage/positions.h"
#include "storage/stream.h"

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

namespace aksono::storage {

/// Writes the rows of stream_positions, and the positions of what follows the event stream, behind
/// the streams: once a second for all that moved, and once more at the end. So senders never queue
/// at those rows, and a Synapse that takes over finds nothing left to do twice.
class PositionKeeper {
public:
    /// `may_write` is asked before each round. The session's application_name
    /// should be «aksono-positions».
    PositionKeeper(pg::ConnectionSettings session, const Streams& streams, config::Writers writers,
                   Consumers consumers, std::function<bool()> may_write);
    ~PositionKeeper();
    PositionKeeper(const PositionKeeper&) = delete;
    PositionKeeper& operator=(const PositionKeeper&) = delete;

    /// After take_over.
    void start();
    /// Joins the thread and brings every row up to date. Call when no more writes can come and
    /// while the fence is still held. False when the database could not be written to.
    bool stop();

    /// The highest position that a stream's rows can have by our writing; nothing for streams that
    /// are not ours to write.
    [[nodiscard]] std::optional<std::int64_t> ceiling(const std::string& stream) const;

private:
    void work();
    bool round(bool all);
    void write(pg::Connection& connection, bool all);
    [[nodiscard]] std::vector<PositionRow> due_rows(bool all);

    const pg::ConnectionSettings session_;
    const Streams& streams_;
    const config::Writers writers_;
    const Consumers consumers_;
    const std::function<bool()> may_write_;

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;
    std::map<std::string, std::int64_t> ceilings_;  // set before the rows are written
    std::thread thread_;

    // The thread's own.
    std::optional<pg::Connection> connection_;
    std::map<std::string, std::int64_t> written_;  // by stream
    std::map<std::string, std::vector<PositionRow>> present_;
    std::int64_t consumers_at_ = -1;
    bool failing_ = false;
};

}  // namespace aksono::storage
