// SPDX-License-Identifier: Apache-2.0
#include "synschema/releases.h"

#include "config/rollback_floor.h"
#include "synschema/catalogue.h"

#include <algorithm>
#include <array>

namespace aksono::synschema {

namespace {

struct Row {
    int schema_version;
    const char* first;
    const char* last;
    int compat_version;  ///< that the last of them writes; 0: none
};

/// SCHEMA_VERSION of each final release since 1.0, found by starting them. 62, 75 and 90 were never
/// released; before 1.37 there was no schema_compat_version.
constexpr std::array<Row, 36> kReleases{{
    {55, "1.0.0", "1.2.1", 0},      {56, "1.3.0", "1.8.0", 0},      {57, "1.9.0", "1.12.4", 0},
    {58, "1.13.0", "1.25.0", 0},    {59, "1.26.0", "1.37.1", 59},   {60, "1.38.0", "1.38.1", 59},
    {61, "1.39.0", "1.40.0", 59},   {63, "1.41.0", "1.43.0", 59},   {64, "1.44.0", "1.45.1", 60},
    {65, "1.46.0", "1.48.0", 61},   {66, "1.49.0", "1.49.2", 61},   {67, "1.50.0", "1.51.0", 61},
    {68, "1.52.0", "1.56.0", 66},   {69, "1.57.0", "1.59.1", 69},   {70, "1.60.0", "1.60.0", 69},
    {71, "1.61.0", "1.61.1", 69},   {72, "1.62.0", "1.67.0", 72},   {73, "1.68.0", "1.76.0", 73},
    {74, "1.77.0", "1.82.0", 73},   {76, "1.83.0", "1.84.1", 74},   {77, "1.85.0", "1.85.2", 76},
    {78, "1.86.0", "1.88.0", 76},   {79, "1.89.0", "1.89.0", 76},   {80, "1.90.0", "1.91.2", 76},
    {81, "1.92.0", "1.92.3", 80},   {82, "1.93.0", "1.95.1", 80},   {83, "1.96.0", "1.99.0", 83},
    {84, "1.100.0", "1.106.0", 84}, {85, "1.107.0", "1.111.1", 84}, {86, "1.112.0", "1.113.0", 84},
    {87, "1.114.0", "1.115.0", 84}, {88, "1.116.0", "1.123.0", 84}, {89, "1.124.0", "1.127.1", 84},
    {91, "1.128.0", "1.128.0", 84}, {92, "1.129.0", "1.142.1", 84}, {93, "1.143.0", "1.150.0", 84},
}};
constexpr Row kNewest{94, "1.151.0", kNewestRelease, kCompatVersion};

}  // namespace

std::optional<ReleaseRange> releases_that_start(int compat_version) {
    if (compat_version > kNewest.schema_version) return std::nullopt;
    const auto it = std::ranges::find_if(
        kReleases, [&](const Row& row) { return row.schema_version >= compat_version; });
    return ReleaseRange{it == kReleases.end() ? kNewest.first : it->first, kNewestRelease};
}

std::optional<ReleaseRange> releases_of(int schema_version) {
    if (schema_version == kNewest.schema_version) return ReleaseRange{kNewest.first, kNewest.last};
    const auto it = std::ranges::find(kReleases, schema_version, &Row::schema_version);
    if (it == kReleases.end()) return std::nullopt;
    return ReleaseRange{it->first, it->last};
}

std::optional<int> schema_version_of(const std::string& release) {
    const auto wanted = config::parse_release(release);
    if (!wanted) return std::nullopt;
    if (*wanted >= *config::parse_release(kNewest.first)) return kNewest.schema_version;
    std::optional<int> version;
    for (const auto& row : kReleases) {
        if (*wanted >= *config::parse_release(row.first)) version = row.schema_version;
    }
    return version;
}

int compat_version_of(int schema_version) {
    if (schema_version >= kNewest.schema_version) return kNewest.compat_version;
    const auto it = std::ranges::find_if(
        kReleases, [&](const Row& row) { return row.schema_version >= schema_version; });
    return it == kReleases.end() ? kNewest.compat_version : it->compat_version;
}

}  // namespace aksono::synschema
