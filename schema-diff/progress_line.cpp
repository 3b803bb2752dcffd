// SPDX-License-Identifier: Apache-2.0
#include "progress_line.h"

#include <cmath>
#include <cstdio>
#include <ostream>

namespace aksono::schema_diff {

namespace {

constexpr Millis kTerminalPause = 200;
constexpr Millis kFilePause = 10'000;
constexpr double kEnoughToGuess = 0.02;
constexpr const char* kWipe = "\r\033[K";

std::string two_digits(Millis number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
}

}  // namespace

std::string clock_text(Millis time) {
    const auto seconds = (time + 500) / 1000;
    const auto hours = seconds / 3600;
    const auto minutes = seconds / 60 % 60;
    return (hours > 0 ? std::to_string(hours) + ":" + two_digits(minutes)
                      : std::to_string(minutes)) +
           ":" + two_digits(seconds % 60);
}

std::string progress_text(const datacheck::Standing& standing, Millis elapsed) {
    auto text = std::to_string(std::lround(std::floor(standing.part * 100))) + " % " +
                standing.probe + " (" + std::to_string(standing.number) + " of " +
                std::to_string(standing.all) + ")";
    if (standing.part >= kEnoughToGuess) {
        const auto left = static_cast<double>(elapsed) * (1 - standing.part) / standing.part;
        text += ", about " + clock_text(std::llround(left)) + " left";
    }
    return text;
}

ProgressLine::ProgressLine(std::ostream& out, bool terminal)
    : out_(out), terminal_(terminal), began_(steady_ms()) {}

ProgressLine::~ProgressLine() {
    if (terminal_ && shown_ != 0) out_ << kWipe << std::flush;
}

void ProgressLine::show(const datacheck::Standing& standing) {
    const auto now = steady_ms();
    if (shown_ != 0 && now - shown_ < (terminal_ ? kTerminalPause : kFilePause)) return;
    shown_ = now;
    const auto text = progress_text(standing, now - began_);
    if (terminal_) {
        out_ << kWipe << text << std::flush;
    } else {
        out_ << text << std::endl;
    }
}

}  // namespace aksono::schema_diff
