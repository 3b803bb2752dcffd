// SPDX-License-Identifier: Apache-2.0
#include "base/log_sink.h"

#include <cerrno>
#include <chrono>
#include <unistd.h>

namespace aksono::log {

namespace {

std::string_view view_of(spdlog::string_view_t text) {
    return {text.data(), text.size()};
}

Level level_of(spdlog::level::level_enum level) {
    switch (level) {
        case spdlog::level::trace:
        case spdlog::level::debug:
            return Level::debug;
        case spdlog::level::info:
            return Level::info;
        case spdlog::level::warn:
            return Level::warning;
        case spdlog::level::err:
            return Level::error;
        default:
            return Level::critical;
    }
}

void write_all(int fd, std::string_view line) {
    while (!line.empty()) {
        const auto written = ::write(fd, line.data(), line.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return;
        line.remove_prefix(static_cast<std::size_t>(written));
    }
}

}  // namespace

spdlog::level::level_enum spdlog_level(Level level) {
    switch (level) {
        case Level::debug:
            return spdlog::level::debug;
        case Level::info:
            return spdlog::level::info;
        case Level::warning:
            return spdlog::level::warn;
        case Level::error:
            return spdlog::level::err;
        case Level::critical:
            break;
    }
    return spdlog::level::critical;
}

HandlerSink::HandlerSink(const HandlerSettings& settings)
    : kind_(settings.kind), format_(settings.format) {
    set_level(spdlog_level(settings.level));
    if (kind_ == HandlerSettings::Kind::file) file_ = std::make_unique<LogFile>(settings);
}

void HandlerSink::reopen() {
    const std::lock_guard lock(mutex_);
    if (file_) file_->reopen();
}

void HandlerSink::sink_it_(const spdlog::details::log_msg& message) {
    const std::string* request = swap_request(nullptr);
    swap_request(request);
    Record record;
    record.logger = view_of(message.logger_name);
    record.level = level_of(message.level);
    record.message = view_of(message.payload);
    record.line = message.source.line;
    if (request != nullptr) record.request = *request;
    record.time_ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(message.time.time_since_epoch())
            .count();
    const std::string line = format_.format(record);
    switch (kind_) {
        case HandlerSettings::Kind::none:
            break;
        case HandlerSettings::Kind::standard_error:
            write_all(STDERR_FILENO, line);
            break;
        case HandlerSettings::Kind::standard_output:
            write_all(STDOUT_FILENO, line);
            break;
        case HandlerSettings::Kind::file:
            file_->write(line, record.time_ms);
            break;
    }
}

}  // namespace aksono::log
