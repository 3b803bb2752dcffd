// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "datacheck/progress.h"

#include <optional>
#include <string>

namespace aksono::schema_diff {

/// Where a check has come to, in a file to go on from.
class StateFile {
public:
    explicit StateFile(std::string path) : path_(std::move(path)) {}

    [[nodiscard]] const std::string& path() const { return path_; }
    /// Empty when there is no file, or what it tells of is complete. Throws cli::UsageError when it
    /// is another kind of file or of another database.
    [[nodiscard]] std::optional<datacheck::Progress> load(const std::string& database) const;
    /// The file is there whole, or as it was. Throws cli::Unsuitable when it cannot be written.
    void save(const datacheck::Progress& progress);
    /// The same, at most every two seconds.
    void save_now_and_then(const datacheck::Progress& progress);

private:
    std::string path_;
    Millis saved_ = 0;
};

}  // namespace aksono::schema_diff
