// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "datacheck/probe.h"

namespace aksono::datacheck {

/// What a finding of one id means, whatever the object.
struct Kind {
    std::string id;
    std::vector<synschema::Severity> severities;  ///< that it can have, worst first
    std::string meaning;                          ///< one line
    std::string consequence;                      ///< why it matters; may be empty
    std::string advice;                           ///< what to do
    bool of_rows = false;                         ///< a probe's
};

/// Every id that `aksono-schema-diff check` can print, sorted.
std::vector<Kind> all_kinds();

/// Those that are no probe's.
std::vector<Kind> kinds_of_shape();
std::vector<Kind> kinds_of_server();
/// Those that only a look at the configuration (-c) tells.
std::vector<Kind> kinds_of_config();

}  // namespace aksono::datacheck
