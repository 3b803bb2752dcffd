// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <fmt/core.h>

namespace aksono::log {

/// Python's levels, because log_config speaks of them.
enum class Level { debug, info, warning, error, critical };

/// Loggers have Synapse's dotted names («synapse.access.http.8008», «synapse.storage.SQL») so that
/// an admin's log_config goes on meaning what it meant. Levels are inherited along the dots.
bool enabled(std::string_view logger, Level level);
void write(std::string_view logger, Level level, std::string_view message);

template <class... Args>
void emit(std::string_view logger, Level level, fmt::format_string<Args...> format,
          Args&&... args) {
    if (enabled(logger, level))
        write(logger, level, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void debug(std::string_view logger, fmt::format_string<Args...> format, Args&&... args) {
    emit(logger, Level::debug, format, std::forward<Args>(args)...);
}
template <class... Args>
void info(std::string_view logger, fmt::format_string<Args...> format, Args&&... args) {
    emit(logger, Level::info, format, std::forward<Args>(args)...);
}
template <class... Args>
void warning(std::string_view logger, fmt::format_string<Args...> format, Args&&... args) {
    emit(logger, Level::warning, format, std::forward<Args>(args)...);
}
template <class... Args>
void error(std::string_view logger, fmt::format_string<Args...> format, Args&&... args) {
    emit(logger, Level::error, format, std::forward<Args>(args)...);
}

}  // namespace aksono::log
