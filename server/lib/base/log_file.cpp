// SPDX-License-Identifier: Apache-2.0
#include "base/log_file.h"

#include "base/clock.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <filesystem>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace aksono::log {

namespace {

namespace fs = std::filesystem;
using Rotation = HandlerSettings::Rotation;

constexpr std::int64_t kDay = 24LL * 60 * 60 * 1000;

std::tm broken_down(std::int64_t time_ms, bool utc) {
    const std::time_t seconds = time_ms / 1000;
    std::tm parts{};
    if (utc) {
        ::gmtime_r(&seconds, &parts);
    } else {
        ::localtime_r(&seconds, &parts);
    }
    return parts;
}

std::int64_t unit_ms(char when) {
    switch (when) {
        case 'S':
            return 1000;
        case 'M':
            return 60LL * 1000;
        case 'H':
            return 60LL * 60 * 1000;
        case 'D':
            return kDay;
        default:
            return kDay;
    }
}

const char* suffix_format(char when) {
    switch (when) {
        case 'S':
            return "%Y-%m-%d_%H-%M-%S";
        case 'M':
            return "%Y-%m-%d_%H-%M";
        case 'H':
            return "%Y-%m-%d_%H";
        default:
            return "%Y-%m-%d";
    }
}

bool at_midnight(char when) {
    return when == 'N' || (when >= '0' && when <= '6');
}

}  // namespace

LogFile::LogFile(const HandlerSettings& settings) : settings_(settings) {
    open(settings_.truncate);
    struct stat info{};
    const bool known = ::fstat(fd_, &info) == 0 && info.st_size > 0;
    const std::int64_t written = known ? info.st_mtim.tv_sec * 1000 : now_ms();
    if (settings_.rotation == Rotation::by_time) rotate_at_ms_ = next_rotation(written);
}

LogFile::~LogFile() {
    if (fd_ >= 0) ::close(fd_);
}

void LogFile::open(bool truncate) {
    const int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (truncate ? O_TRUNC : 0);
    const int fd = ::open(settings_.path.c_str(), flags, 0644);
    if (fd < 0) {
        throw std::runtime_error("cannot open log file " + settings_.path + ": " +
                                 std::strerror(errno));
    }
    if (fd_ >= 0) ::close(fd_);
    fd_ = fd;
    struct stat info{};
    size_ = ::fstat(fd_, &info) == 0 ? info.st_size : 0;
}

void LogFile::reopen() {
    try {
        open(false);
    } catch (const std::runtime_error&) {  // a log must not stop what it tells about
    }
}

bool LogFile::moved_away() const {
    struct stat now{};
    struct stat ours{};
    if (::stat(settings_.path.c_str(), &now) != 0) return true;
    return ::fstat(fd_, &ours) != 0 || now.st_ino != ours.st_ino || now.st_dev != ours.st_dev;
}

std::int64_t LogFile::next_rotation(std::int64_t after_ms) const {
    if (!at_midnight(settings_.when)) {
        return after_ms + unit_ms(settings_.when) * std::max(settings_.interval, 1);
    }
    std::tm parts = broken_down(after_ms, settings_.utc);
    int days = std::max(settings_.interval, 1);
    if (settings_.when != 'N') {
        const int today = (parts.tm_wday + 6) % 7;  // Monday is 0
        days = (settings_.when - '0' - today + 7) % 7 + 1;
    }
    parts.tm_mday += days;
    parts.tm_hour = parts.tm_min = parts.tm_sec = 0;
    parts.tm_isdst = -1;
    const std::time_t next = settings_.utc ? ::timegm(&parts) : std::mktime(&parts);
    return static_cast<std::int64_t>(next) * 1000;
}

void LogFile::rotate_by_size() {
    std::error_code ignored;
    for (int i = settings_.backup_count - 1; i >= 1; --i) {
        fs::rename(settings_.path + "." + std::to_string(i),
                   settings_.path + "." + std::to_string(i + 1), ignored);
    }
    fs::rename(settings_.path, settings_.path + ".1", ignored);
    reopen();
}

void LogFile::rotate_by_time(std::int64_t now_ms) {
    // Named for the period that ends, not for the one that begins.
    const std::int64_t length = at_midnight(settings_.when)
                                    ? 1000
                                    : unit_ms(settings_.when) * std::max(settings_.interval, 1);
    const std::tm parts = broken_down(rotate_at_ms_ - length, settings_.utc);
    char suffix[64];
    const auto size = std::strftime(suffix, sizeof suffix, suffix_format(settings_.when), &parts);
    std::error_code ignored;
    fs::rename(settings_.path, settings_.path + "." + std::string(suffix, size), ignored);
    reopen();
    remove_old_backups();
    while (rotate_at_ms_ <= now_ms)
        rotate_at_ms_ = next_rotation(rotate_at_ms_);
}

void LogFile::remove_old_backups() const {
    if (settings_.backup_count <= 0) return;
    const fs::path path(settings_.path);
    const std::string prefix = path.filename().string() + ".";
    std::vector<fs::path> backups;
    std::error_code ignored;
    const fs::path directory = path.has_parent_path() ? path.parent_path() : fs::path(".");
    for (const auto& entry : fs::directory_iterator(directory, ignored)) {
        const std::string name = entry.path().filename().string();
        const bool dated =
            name.size() >= prefix.size() + 10 && name.starts_with(prefix) &&
            name.find_first_not_of("0123456789-_", prefix.size()) == std::string::npos;
        if (dated) backups.push_back(entry.path());
    }
    std::sort(backups.begin(), backups.end());
    const auto keep = static_cast<std::size_t>(settings_.backup_count);
    for (std::size_t i = 0; i + keep < backups.size(); ++i)
        fs::remove(backups[i], ignored);
}

void LogFile::write(std::string_view line, std::int64_t now_ms) {
    if (settings_.watched && moved_away()) reopen();
    const auto length = static_cast<std::int64_t>(line.size());
    if (settings_.rotation == Rotation::by_size && settings_.max_bytes > 0 &&
        settings_.backup_count > 0 && size_ + length >= settings_.max_bytes) {
        rotate_by_size();
    }
    if (settings_.rotation == Rotation::by_time && now_ms >= rotate_at_ms_) rotate_by_time(now_ms);
    while (!line.empty()) {
        const auto written = ::write(fd_, line.data(), line.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return;  // a full disk: lines are lost, the server goes on
        line.remove_prefix(static_cast<std::size_t>(written));
        size_ += written;
    }
}

}  // namespace aksono::log
