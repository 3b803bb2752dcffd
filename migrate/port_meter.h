// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace aksono::migrate {

/// Tells on stderr, every few seconds, how far a port is and how long it will take.
class PortMeter {
public:
    /// `before`: rows that an earlier run has dealt with.
    PortMeter(std::int64_t total, std::int64_t before);

    void add(const std::string& table, std::int64_t rows);

private:
    using Clock = std::chrono::steady_clock;

    std::int64_t total_;
    std::int64_t before_;
    std::int64_t done_;
    Clock::time_point began_ = Clock::now();
    Clock::time_point told_ = began_;
};

}  // namespace aksono::migrate
