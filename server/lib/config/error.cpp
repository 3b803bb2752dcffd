// SPDX-License-Identifier: Apache-2.0
#include "config/error.h"

namespace aksono::config {

namespace {

std::string on_one_line(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool space = c == ' ' || c == '\n' || c == '\r' || c == '\t';
        if (!space) {
            out += c;
        } else if (!out.empty() && out.back() != ' ') {
            out += ' ';
        }
    }
    while (!out.empty() && out.back() == ' ')
        out.pop_back();
    return out;
}

std::string line_of(const ConfigError::Parts& parts) {
    std::string line = "Error in configuration";
    if (!parts.path.empty()) line += " at '" + parts.path + "'";
    line += ": ";
    if (!parts.sentence.empty()) line += parts.sentence + "; ";
    if (!parts.file.empty()) line += parts.file + ": ";
    if (!parts.option.empty()) line += parts.option + ": ";
    return on_one_line(line + parts.advice);
}

}  // namespace

ConfigError::ConfigError(Parts parts) : parts_(std::move(parts)), line_(line_of(parts_)) {}

}  // namespace aksono::config
