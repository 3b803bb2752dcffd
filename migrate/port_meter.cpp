// SPDX-License-Identifier: Apache-2.0
#include "port_meter.h"

#include <iostream>

namespace aksono::migrate {

namespace {

std::string in_words(double seconds) {
    const auto whole = static_cast<std::int64_t>(seconds + 0.5);
    if (whole < 120) return std::to_string(whole) + " s";
    if (whole < 7200) return std::to_string(whole / 60) + " min";
    return std::to_string(whole / 3600) + " h " + std::to_string(whole % 3600 / 60) + " min";
}

}  // namespace

PortMeter::PortMeter(std::int64_t total, std::int64_t before)
    : total_(total), before_(before), done_(before) {}

void PortMeter::add(const std::string& table, std::int64_t rows) {
    constexpr std::chrono::seconds kEvery{2};
    done_ += rows;
    const auto now = Clock::now();
    if (now - told_ < kEvery) return;
    told_ = now;
    const double seconds = std::chrono::duration<double>(now - began_).count();
    const double speed = static_cast<double>(done_ - before_) / seconds;
    std::cerr << done_ << " of " << total_ << " rows ("
              << (total_ == 0 ? 100 : 100 * done_ / total_) << " %), now " << table << ", "
              << static_cast<std::int64_t>(speed) << " rows/s";
    if (speed > 0 && done_ <= total_) {
        std::cerr << ", " << in_words(static_cast<double>(total_ - done_) / speed) << " left";
    }
    std::cerr << std::endl;
}

}  // namespace aksono::migrate
