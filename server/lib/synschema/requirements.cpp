// SPDX-License-Identifier: Apache-2.0
#include "synschema/requirements.h"

namespace aksono::synschema {

namespace {
constexpr int kOldestPostgres = 140000;
}

std::vector<std::string> unmet_requirements(const ServerFacts& server, bool allow_unsafe_locale) {
    std::vector<std::string> unmet;
    if (server.version < kOldestPostgres) {
        unmet.emplace_back("Synapse requires PostgreSQL 14 or above.");
    }
    if (server.encoding != "UTF8") {
        unmet.push_back("Database has incorrect encoding: '" + server.encoding +
                        "' instead of 'UTF8'");
    }
    if (!allow_unsafe_locale && server.collate != "C") {
        unmet.push_back("Database has incorrect collation of '" + server.collate +
                        "'. Should be 'C'");
    }
    if (!allow_unsafe_locale && server.ctype != "C") {
        unmet.push_back("Database has incorrect ctype of '" + server.ctype + "'. Should be 'C'");
    }
    return unmet;
}

}  // namespace aksono::synschema
