// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/log_file.h"
#include "base/log_format.h"

#include <memory>
#include <mutex>

#include <spdlog/sinks/base_sink.h>

namespace aksono::log {

/// One handler of the settings as a spdlog sink: a level, a format and a place.
class HandlerSink : public spdlog::sinks::base_sink<std::mutex> {
public:
    explicit HandlerSink(const HandlerSettings& settings);  // throws std::runtime_error
    void reopen();

protected:
    void sink_it_(const spdlog::details::log_msg& message) override;
    void flush_() override {}

private:
    HandlerSettings::Kind kind_;
    LineFormat format_;
    std::unique_ptr<LogFile> file_;
};

spdlog::level::level_enum spdlog_level(Level level);

}  // namespace aksono::log
