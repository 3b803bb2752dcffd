// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "datacheck/engine.h"

#include <iosfwd>

namespace aksono::schema_diff {

/// "1:05", "2:03:04".
std::string clock_text(Millis time);

/// What a standing looks like: "41 % event-without-json (12 of 60), about 0:31 left".
std::string progress_text(const datacheck::Standing& standing, Millis elapsed);

/// One line on a terminal that is written again and again; a line of its own now and then
/// elsewhere.
class ProgressLine {
public:
    ProgressLine(std::ostream& out, bool terminal);
    ~ProgressLine();  ///< wipes the line
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    void show(const datacheck::Standing& standing);

private:
    std::ostream& out_;
    bool terminal_;
    Millis began_;
    Millis shown_ = 0;
};

}  // namespace aksono::schema_diff
