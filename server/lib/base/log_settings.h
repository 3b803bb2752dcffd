// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/log.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace aksono::log {

/// Synapse's format when no log_config says otherwise.
inline constexpr const char* kDefaultFormat =
    "%(asctime)s - %(name)s - %(lineno)d - %(levelname)s - %(request)s - %(message)s";

/// How a line is written.
struct FormatSettings {
    enum class Kind {
        text,        ///< `pattern`, with Python's %-fields
        json,        ///< one object a line: log, namespace, level
        terse_json,  ///< the same and time
    };
    Kind kind = Kind::text;
    std::string pattern = kDefaultFormat;
    std::string date_format;  ///< strftime's; empty: 2026-01-31 23:59:59,123
};

/// Where lines go.
struct HandlerSettings {
    enum class Kind { none, standard_error, standard_output, file };
    enum class Rotation { never, by_size, by_time };

    Kind kind = Kind::standard_error;
    FormatSettings format;
    Level level = Level::debug;
    std::string path;       ///< of a file
    bool watched = false;   ///< look whether the file was moved away, and open it anew
    bool truncate = false;  ///< mode: w
    Rotation rotation = Rotation::never;
    std::int64_t max_bytes = 0;  ///< by_size
    char when = 'H';             ///< by_time: S, M, H, D, N (midnight), 0-6 (week day, Monday is 0)
    int interval = 1;            ///< by_time: of those units
    bool utc = false;            ///< by_time
    int backup_count = 0;        ///< old files to keep; 0: all (by_time), no rotation (by_size)
};

struct LoggerSettings {
    std::optional<Level> level;  ///< nothing: as the logger above
    std::vector<std::string> handlers;
    bool propagate = true;
};

/// What a Python logging dictConfig says, as far as it has an equal here.
struct Settings {
    std::map<std::string, HandlerSettings> handlers;
    std::map<std::string, LoggerSettings> loggers;
    LoggerSettings root;

    /// INFO and above to stderr.
    static Settings defaults();
};

}  // namespace aksono::log
