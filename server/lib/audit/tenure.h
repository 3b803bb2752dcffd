// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "base/json.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace aksono::audit {

/// Where every sequence stood, and the database as a whole.
struct Marks {
    Millis at = 0;
    std::string lsn;
    std::map<std::string, std::int64_t> sequences;
};

/// One run of Aksono, as it noted it itself.
struct Tenure {
    std::string name;
    std::string build;
    std::string server_name;
    std::string system_identifier;  ///< of the PostgreSQL cluster
    std::int64_t database_oid = 0;
    Marks begin;
    std::optional<Marks> end;  ///< nothing: it was killed, or still runs
    std::string reason;        ///< why it ended
};

/// The runs that a tenure file tells of, in their order. Lines that are cut short, as a full disk
/// leaves them, are passed over and counted in `broken`.
struct Tenures {
    std::vector<Tenure> runs;
    int broken = 0;
};
Tenures read_tenures(const std::string& text);

}  // namespace aksono::audit
