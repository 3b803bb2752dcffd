// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

namespace aksono::synschema {

/// First and last release of Synapse, as far as known.
struct ReleaseRange {
    std::string first;
    std::string last;
};

constexpr const char* kNewestRelease = "1.163.2";

/// The releases that start on a database whose schema_compat_version is this: their SCHEMA_VERSION
/// is at least that. Empty when no known release does.
std::optional<ReleaseRange> releases_that_start(int compat_version);

/// The releases that write this schema version.
std::optional<ReleaseRange> releases_of(int schema_version);

/// The schema version that a release writes; releases after the newest: that of the newest.
/// Empty before 1.0.0.
std::optional<int> schema_version_of(const std::string& release);

/// The schema_compat_version that the last release of this version writes; 0: it writes none.
int compat_version_of(int schema_version);

}  // namespace aksono::synschema
