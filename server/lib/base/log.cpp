// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <cstdio>

namespace aksono::log {

bool enabled(std::string_view, Level level) {
    return level >= Level::info;
}

void write(std::string_view logger, Level, std::string_view message) {
    std::fprintf(stderr, "%.*s - %.*s\n", static_cast<int>(logger.size()), logger.data(),
                 static_cast<int>(message.size()), message.data());
}

}  // namespace aksono::log
