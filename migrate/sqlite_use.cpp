// SPDX-License-Identifier: Apache-2.0
#include "sqlite_use.h"

#include <array>
#include <charconv>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

namespace aksono::migrate {

namespace {

namespace fs = std::filesystem;

class Descriptor {
public:
    explicit Descriptor(const std::string& path) : number_(open(path.c_str(), O_RDONLY)) {}
    ~Descriptor() {
        if (number_ >= 0) close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int number() const { return number_; }

private:
    int number_;
};

/// The process that locks some of these bytes.
std::optional<pid_t> locker_of(const std::string& path, off_t first, off_t count) {
    const Descriptor file(path);
    if (file.number() < 0) return std::nullopt;
    struct flock wanted{};
    wanted.l_type = F_WRLCK;
    wanted.l_whence = SEEK_SET;
    wanted.l_start = first;
    wanted.l_len = count;
    if (fcntl(file.number(), F_GETLK, &wanted) != 0 || wanted.l_type == F_UNLCK) {
        return std::nullopt;
    }
    return wanted.l_pid;
}

/// Whether it is one of these tools, which only read the file: the target is what they meet at.
bool is_ours(const fs::path& process) {
    std::string name;
    std::getline(std::ifstream(process / "comm"), name);
    return name == "aksono-migrate";
}

/// The first process, other than these tools, that has the file open.
std::optional<pid_t> opener_of(const struct stat& wanted) {
    std::error_code ignored;
    for (const auto& process : fs::directory_iterator("/proc", ignored)) {
        const auto name = process.path().filename().string();
        pid_t pid = 0;
        if (std::from_chars(name.data(), name.data() + name.size(), pid).ptr !=
                name.data() + name.size() ||
            is_ours(process.path())) {
            continue;
        }
        auto files = fs::directory_iterator(process.path() / "fd", ignored);
        for (; files != fs::directory_iterator(); files.increment(ignored)) {
            struct stat found{};
            if (stat(files->path().c_str(), &found) == 0 && found.st_ino == wanted.st_ino &&
                found.st_dev == wanted.st_dev) {
                return pid;
            }
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> who_uses(const std::string& path) {
    struct stat file{};
    if (stat(path.c_str(), &file) != 0) return std::nullopt;
    // Where SQLite's locks are: PENDING, RESERVED and SHARED in the database, eight and one more in
    // the index of the write-ahead log (sqlite.org, «Database File Format» and «WAL-mode File
    // Format»).
    constexpr off_t kPending = 0x40000000;
    auto pid = locker_of(path, kPending, 512);
    if (!pid) pid = locker_of(path + "-shm", 120, 9);
    if (!pid) pid = opener_of(file);
    if (!pid) return std::nullopt;
    return "process " + std::to_string(*pid);
}

std::string fingerprint_of(const std::string& path) {
    struct stat file{};
    if (stat(path.c_str(), &file) != 0) return "";
    std::array<unsigned char, 4> counter{};
    const Descriptor descriptor(path);
    if (pread(descriptor.number(), counter.data(), counter.size(), 24) != 4) return "";
    std::string out = std::to_string(file.st_size) + " " + std::to_string(file.st_mtim.tv_sec) +
                      "." + std::to_string(file.st_mtim.tv_nsec);
    for (const auto byte : counter)
        out += " " + std::to_string(byte);
    struct stat log{};
    const bool has_log = stat((path + "-wal").c_str(), &log) == 0 && log.st_size > 0;
    return out + " " + std::to_string(has_log ? log.st_size : 0);
}

}  // namespace aksono::migrate
