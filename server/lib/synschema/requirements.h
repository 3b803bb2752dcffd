// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "synschema/live_database.h"

namespace aksono::synschema {

/// What keeps Synapse (and so us) from using a server and database at all, in Synapse's own words;
/// empty when nothing does. In the order in which Synapse looks.
std::vector<std::string> unmet_requirements(const ServerFacts& server, bool allow_unsafe_locale);

}  // namespace aksono::synschema
