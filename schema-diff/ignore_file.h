// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "synschema/finding.h"

#include <string>
#include <string_view>
#include <vector>

namespace aksono::schema_diff {

/// Findings that are known. In the file, of the form that `aksono-replay --ignore` reads:
///
///     [[ignore]]
///     id = "index-foreign"          # globs, or lists of globs; one of the two at least
///     object = ["my_idx_*"]
///     reason = "made for the statistics on the terrace"
///     until = 2026-12-31            # the last day on which it holds
struct IgnoreEntry {
    std::string name;                  ///< "known.toml, entry 2"
    std::vector<std::string> ids;      ///< empty: any
    std::vector<std::string> objects;  ///< empty: any
    std::string reason;
    std::string until;  ///< 2026-12-31

    [[nodiscard]] bool matches(std::string_view id, std::string_view object) const;
    [[nodiscard]] bool expired(const std::string& today) const { return until < today; }
};

/// Throws cli::UsageError that says which entry is wrong, and why.
std::vector<IgnoreEntry> parse_ignore_file(const std::string& name, std::string_view toml);
std::vector<IgnoreEntry> read_ignore_file(const std::string& path);

/// Today in UTC, as 2026-12-31.
std::string today();

/// What --ignore did.
struct Ignored {
    int count = 0;                  ///< findings that were taken away
    std::vector<std::string> used;  ///< names of entries that did
};

/// Takes away what an entry matches that is not expired; `objects`: by entries that name objects
/// too, as a finding of rows names several at once.
void apply_ignores(const std::vector<IgnoreEntry>& entries, const std::string& today, bool objects,
                   synschema::Findings& findings, Ignored& ignored);

/// "ignore-expired" and "ignore-unused".
synschema::Findings notes_on(const std::vector<IgnoreEntry>& entries, const std::string& today,
                             const Ignored& ignored);

}  // namespace aksono::schema_diff
