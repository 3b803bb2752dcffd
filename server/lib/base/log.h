// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <source_location>
#include <string>
#include <string_view>
#include <type_traits>

#include <fmt/core.h>

namespace aksono::log {

struct Settings;

/// Python's levels, because log_config speaks of them.
enum class Level { debug, info, warning, error, critical };

/// Loggers have Synapse's dotted names («synapse.access.http.8008», «synapse.storage.SQL») so that
/// an admin's log_config goes on meaning what it meant. Levels are inherited along the dots. Cheap:
/// the answer is remembered per thread and name.
bool enabled(std::string_view logger, Level level);
void write(std::string_view logger, Level level, std::string_view message, int line = 0);

/// Replaces what is logged where; before the first call: INFO and above to stderr in Synapse's
/// default format. Throws std::runtime_error when a log file cannot be opened, and then changes
/// nothing.
void configure(const Settings& settings);

/// Opens log files anew, for logrotate.
void reopen();

/// Names the request that the code in a scope works for («GET-12»): the `request` field of its
/// lines. Belongs to the thread; what parks a fiber exchanges it with swap_request.
class RequestScope {
public:
    explicit RequestScope(std::string id);
    ~RequestScope();
    RequestScope(const RequestScope&) = delete;
    RequestScope& operator=(const RequestScope&) = delete;

private:
    std::string id_;
    const std::string* before_;
};

/// Makes `request` (or none: nullptr) this thread's current request and returns the one before. For
/// code that moves work between fibers and threads.
const std::string* swap_request(const std::string* request);

/// A format string and the line that it stands on.
template <class... Args>
struct Format {
    template <class Text>
    consteval Format(const Text& format,  // NOLINT: converts on purpose
                     std::source_location at = std::source_location::current())
        : text(format), line(static_cast<int>(at.line())) {}
    fmt::format_string<Args...> text;
    int line;
};

template <class... Args>
void emit(std::string_view logger, Level level, Format<std::type_identity_t<Args>...> format,
          Args&&... args) {
    if (!enabled(logger, level)) return;
    write(logger, level, fmt::format(format.text, std::forward<Args>(args)...), format.line);
}
template <class... Args>
void debug(std::string_view logger, Format<std::type_identity_t<Args>...> format, Args&&... args) {
    emit<Args...>(logger, Level::debug, format, std::forward<Args>(args)...);
}
template <class... Args>
void info(std::string_view logger, Format<std::type_identity_t<Args>...> format, Args&&... args) {
    emit<Args...>(logger, Level::info, format, std::forward<Args>(args)...);
}
template <class... Args>
void warning(std::string_view logger, Format<std::type_identity_t<Args>...> format,
             Args&&... args) {
    emit<Args...>(logger, Level::warning, format, std::forward<Args>(args)...);
}
template <class... Args>
void error(std::string_view logger, Format<std::type_identity_t<Args>...> format, Args&&... args) {
    emit<Args...>(logger, Level::error, format, std::forward<Args>(args)...);
}

}  // namespace aksono::log
