// SPDX-License-Identifier: Apache-2.0
#include "datacheck/units.h"

#include <array>
#include <cmath>
#include <cstdio>

namespace aksono::datacheck {

std::string size_text(std::int64_t bytes) {
    constexpr std::array kUnits{"bytes", "KiB", "MiB", "GiB", "TiB"};
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (value >= 1024 && unit + 1 < kUnits.size()) {
        value /= 1024;
        ++unit;
    }
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), value < 10 && unit > 0 ? "%.1f %s" : "%.0f %s", value,
                  kUnits.at(unit));
    return text.data();
}

std::string length_text(double seconds) {
    const auto counted = [](double number, const char* unit) {
        const auto whole = std::llround(number);
        return std::to_string(whole) + " " + unit + (whole == 1 ? "" : "s");
    };
    if (seconds < 50) return "some seconds";
    if (seconds < 90 * 60) return counted(seconds / 60, "minute");
    if (seconds < 36 * 3600) return counted(seconds / 3600, "hour");
    return counted(seconds / 86400, "day");
}

}  // namespace aksono::datacheck
