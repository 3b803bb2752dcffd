// SPDX-License-Identifier: Apache-2.0
#include "config/error.h"

#include "base/one_line.h"

namespace aksono::config {

namespace {

std::string line_of(const ConfigError::Parts& parts) {
    std::string line = "Error in configuration";
    if (!parts.path.empty()) line += " at '" + parts.path + "'";
    line += ": ";
    if (!parts.sentence.empty()) line += parts.sentence + "; ";
    if (!parts.file.empty()) line += parts.file + ": ";
    if (!parts.option.empty()) line += parts.option + ": ";
    return one_line(line + parts.advice);
}

}  // namespace

ConfigError::ConfigError(Parts parts) : parts_(std::move(parts)), line_(line_of(parts_)) {}

}  // namespace aksono::config
