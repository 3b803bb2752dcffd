// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/log_settings.h"

#include <string>
#include <string_view>

namespace aksono::log {

/// A log file that is appended to, rotated under the names that Python's handlers give (x.log.1,
/// x.log.2026-01-31). Not thread-safe.
class LogFile {
public:
    explicit LogFile(const HandlerSettings& settings);  // throws std::runtime_error
    ~LogFile();
    LogFile(const LogFile&) = delete;
    LogFile& operator=(const LogFile&) = delete;

    void write(std::string_view line, std::int64_t now_ms);
    /// Goes on with the old file when the new one cannot be opened.
    void reopen();

private:
    void open(bool truncate);
    void rotate_by_size();
    void rotate_by_time(std::int64_t now_ms);
    void remove_old_backups() const;
    [[nodiscard]] bool moved_away() const;
    [[nodiscard]] std::int64_t next_rotation(std::int64_t after_ms) const;

    HandlerSettings settings_;
    int fd_ = -1;
    std::int64_t size_ = 0;
    std::int64_t rotate_at_ms_ = 0;
};

}  // namespace aksono::log
