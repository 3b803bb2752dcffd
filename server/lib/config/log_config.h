// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/log_settings.h"

#include <string>
#include <vector>

namespace aksono::config {

/// A Python logging dictConfig, read.
struct LogConfig {
    log::Settings settings;
    std::vector<std::string> ignored;  ///< what has no equal here, one sentence each
};

/// Reads the file that `log_config` names; throws ConfigError.
LogConfig read_log_config(const std::string& path);

/// The same from its text; `path` is for messages.
LogConfig parse_log_config(const std::string& text, const std::string& path);

}  // namespace aksono::config
