// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>

namespace aksono::rooms::dbtest {

/// Stands between libpq and PostgreSQL's Unix socket and cuts a connection where COMMIT passes.
class CuttingProxy {
public:
    enum class Cut {
        nowhere,
        before_commit,  ///< PostgreSQL never sees the COMMIT
        after_commit,   ///< it has committed, and its answer is lost
        at_once,        ///< the COMMIT is on its way, and its session goes on alone
    };

    explicit CuttingProxy(std::string target);  ///< path of PostgreSQL's socket
    ~CuttingProxy();
    CuttingProxy(const CuttingProxy&) = delete;
    CuttingProxy& operator=(const CuttingProxy&) = delete;

    /// The `host` of a conninfo.
    [[nodiscard]] std::string directory() const { return directory_.string(); }
    /// Of the next COMMIT, only.
    void cut_next(Cut where) { cut_ = where; }
    [[nodiscard]] int cuts() const { return cuts_; }
    void refuse(bool all) { refuses_ = all; }

private:
    void accept_all();
    void serve(int client) const;
    bool forward(int from, int to, bool from_client, Cut& pending) const;

    std::string target_;
    std::filesystem::path directory_;
    int listener_ = -1;
    mutable std::atomic<Cut> cut_ = Cut::nowhere;
    mutable std::atomic<int> cuts_ = 0;
    std::atomic<bool> refuses_ = false;
    std::atomic<bool> stopping_ = false;
    std::thread thread_;
};

}  // namespace aksono::rooms::dbtest
