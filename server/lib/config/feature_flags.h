// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/section.h"

#include <string>
#include <string_view>
#include <vector>

namespace aksono::config {

/// A switch of experimental_features that is on, and what it does not do here.
struct FlagOn {
    std::string name;
    bool known = true;  ///< Synapse 1.163.2 reads it
    std::string_view reason;
};

/// Sorted by name; what is off is passed over, and so are settings that are no switches.
std::vector<FlagOn> flags_on(const Section& root);

/// Refuses switches that are neither true nor false, with which Synapse does not start either.
void check_flags(const Section& root);

}  // namespace aksono::config
