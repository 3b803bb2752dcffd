// SPDX-License-Identifier: Apache-2.0
#include "tenure_log.h"

#include "base/clock.h"
#include "base/log.h"
#include "crypto/random.h"
#include "version.h"

#include <cerrno>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <unistd.h>

#include <fmt/chrono.h>

namespace aksono {

namespace {

constexpr std::string_view kLogger = "synapse.app.homeserver";

/// "20261124T015959Z-kQzR"
std::string new_name(Millis now) {
    return fmt::format("{:%Y%m%dT%H%M%SZ}-{}", fmt::gmtime(static_cast<std::time_t>(now / 1000)),
                       crypto::random_letters(4));
}

/// Whole lines only, on disk before it returns. An errno, or 0.
int append_line(const std::string& path, const std::string& line) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    if (file < 0) return errno;
    const auto written = ::write(file, line.data(), line.size());
    const bool whole = written == static_cast<ssize_t>(line.size());
    const int error = written < 0 ? errno : (whole ? 0 : ENOSPC);
    const int synced = ::fsync(file) == 0 ? 0 : errno;
    ::close(file);
    return error != 0 ? error : synced;
}

}  // namespace

TenureLog::TenureLog(std::string path, std::string server_name)
    : path_(std::move(path)), server_name_(std::move(server_name)) {}

void TenureLog::begin(const Json& marks) {
    tenure_ = new_name(now_ms());
    Json line = marks;
    line["event"] = "begin";
    line["build"] = kVersion;
    line["server_name"] = server_name_;
    append(std::move(line));
}

void TenureLog::end(const Json& marks, const std::string& reason) {
    Json line = marks;
    line["event"] = "end";
    line["reason"] = reason;
    append(std::move(line));
}

void TenureLog::append(Json line) {
    if (path_.empty()) return;
    line["tenure"] = tenure_;
    line["at"] = now_ms();
    const int error = append_line(path_, line.dump() + "\n");
    if (error == 0) return;
    log::warning(kLogger, "tenure_file: {}: {}: this run is not noted and cannot be audited", path_,
                 std::strerror(error));
    path_.clear();
}

}  // namespace aksono
