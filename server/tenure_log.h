// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"

#include <string>

namespace aksono {

/// Notes this server's runs in a file of its own, outside Synapse's tables, so that what each of
/// them wrote can be audited later: one line of JSON when a run begins to write and one when it has
/// ended. A run without a second line was killed.
///
/// A file that cannot be written is told in the log once and is no reason not to run.
class TenureLog {
public:
    /// `path` empty: nothing is noted.
    TenureLog(std::string path, std::string server_name);

    /// `marks`: where the database stands (storage::read_tenure_marks).
    void begin(const Json& marks);
    void end(const Json& marks, const std::string& reason);

private:
    void append(Json line);

    std::string path_;
    std::string server_name_;
    std::string tenure_;  ///< names the run: when it began, and a few letters
};

}  // namespace aksono
