// SPDX-License-Identifier: Apache-2.0
#include "config/files.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

namespace aksono::config {

namespace {

constexpr std::size_t kMost = 64UL * 1024 * 1024;

class Descriptor {
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int get() const { return fd_; }

private:
    int fd_;
};

}  // namespace

std::string python_errno(int error, const std::string& path) {
    return fmt::format("[Errno {}] {}: '{}'", error, std::strerror(error), path);
}

Result<std::string> read_file(const std::string& path) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) return failure(python_errno(errno, path));
    std::string bytes;
    char buffer[16384];
    for (;;) {
        const auto count = ::read(file.get(), buffer, sizeof buffer);
        if (count == 0) return bytes;
        if (count < 0) {
            if (errno == EINTR) continue;
            return failure(python_errno(errno, path));
        }
        bytes.append(buffer, static_cast<std::size_t>(count));
        if (bytes.size() > kMost) return failure(python_errno(EFBIG, path));
    }
}

}  // namespace aksono::config
