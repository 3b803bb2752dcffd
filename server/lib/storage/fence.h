// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "pg/connection.h"
#include "storage/fence_queries.h"
#include "storage/stream.h"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace aksono::storage {

class PositionKeeper;

/// Somebody else is, or may be, writing; the message is for the person who starts the server.
class FenceRefused : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Keeps every other writer away from the database, or else keeps us from writing.
///
/// One session holds, in one open transaction, a SHARE lock on schema_version, at which a starting
/// Synapse main process waits with its port closed, and an advisory lock, which only one Aksono
/// gets. Once we write it also locks the tables of Synapse's own locks, to which every Synapse
/// process, workers too, writes when it starts, before it writes an event, and every ten seconds.
/// It looks around several times a second: for sessions that wait there, for foreign sessions that
/// look like Synapse and write, for sequences and stream_positions that others moved, and whether
/// it is itself still alive. When something is wrong `writable()` turns false within a second.
class Fence {
public:
    struct Options {
        /// A direct connection: a transaction pooler would hand our session to others.
        /// application_name «aksono-fence».
        pg::ConnectionSettings session;
        /// application_name in the configuration's database arguments: a Synapse would use it.
        std::string synapse_application_name;
        bool force = false;  ///< start beside sessions that look like Synapse
    };

    explicit Fence(Options options);
    ~Fence();
    Fence(const Fence&) = delete;
    Fence& operator=(const Fence&) = delete;

    /// Takes both locks and looks around. Throws FenceRefused, or what the connection throws.
    void acquire();

    /// From now on moved sequences and positions count too: call after take_over, when `keeper` has
    /// started. Both must outlive the fence's release.
    void watch(const Streams& streams, const PositionKeeper& keeper);

    /// Cheap; true while we are known to be the only writer.
    [[nodiscard]] bool writable() const;

    /// Why not, for an error message; empty while writable.
    [[nodiscard]] std::string reason() const;

    /// Lets go of the locks; never writable afterwards.
    void release();

private:
    void work();
    void hold(pg::Transaction& tx);
    bool look(pg::Transaction& tx);
    [[nodiscard]] std::vector<ForeignSession> synapse_sessions(pg::Transaction& tx) const;
    void refuse_company(pg::Transaction& tx) const;
    void report_sessions(const std::vector<ForeignSession>& sessions);
    [[nodiscard]] std::string moved_by_others(pg::Transaction& tx, const Streams* streams,
                                              const PositionKeeper* keeper);
    [[nodiscard]] std::string moved_untouched(pg::Transaction& tx);
    void bar(pg::Transaction& tx);
    bool nobody_writes(pg::Transaction& tx, const std::vector<ForeignSession>& sessions);
    std::vector<ForeignSession> turn_away(pg::Transaction& tx,
                                          const std::vector<ForeignSession>& sessions);
    void stop_writing(const std::string& why, bool for_ever);
    void set_state(bool writable, std::string reason);
    bool sleep(Millis duration);

    const Options options_;
    std::atomic<bool> allowed_{false};
    std::atomic<Millis> seen_at_{0};
    std::thread thread_;

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    bool acquired_ = false;
    bool stopping_ = false;
    bool lost_for_ever_ = false;
    std::exception_ptr failure_;
    std::string reason_ = "the server has not taken the database over yet";
    const Streams* streams_ = nullptr;
    const PositionKeeper* keeper_ = nullptr;

    // The thread's own.
    std::set<std::pair<std::int64_t, bool>> reported_;  // (pid, waiting) already told of
    std::map<std::string, std::int64_t> untouched_;     // sequences, as they were at first
    std::map<std::int64_t, Millis> barred_since_;       // by pid
    std::optional<Millis> synapse_seen_at_;
    bool barred_ = false;
    bool bar_missed_ = false;
};

}  // namespace aksono::storage
