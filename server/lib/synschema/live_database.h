// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "synschema/schema.h"

#include <set>
#include <utility>

namespace aksono::synschema {

/// The server and database that hold a schema.
struct ServerFacts {
    int version = 0;  ///< as server_version_num: 150018
    std::string version_text;
    std::string database;
    std::string encoding;
    std::string collate;
    std::string ctype;
    std::string schema;  ///< where Synapse's tables are, or would be made
    bool in_recovery = false;
    bool operator==(const ServerFacts&) const = default;
};

struct BackgroundUpdate {
    std::string name;
    std::string depends_on;  ///< empty: nothing
    std::int64_t ordering = 0;
    bool operator==(const BackgroundUpdate&) const = default;
};

struct StreamPosition {
    std::string stream;
    std::string instance;
    std::int64_t position = 0;  ///< negative for backfill
    bool operator==(const StreamPosition&) const = default;
};

/// What Synapse writes down about its own schema. Empty where the table does not exist.
struct Bookkeeping {
    std::optional<int> version;
    bool upgraded = false;
    std::optional<int> compat_version;
    std::vector<std::pair<int, std::string>> applied_deltas;  ///< (version, "NN/file"), sorted
    std::vector<BackgroundUpdate> background_updates;         ///< in the order of work
    std::vector<StreamPosition> stream_positions;             ///< sorted
    std::vector<std::string> modules;                         ///< of applied_module_schemas
    bool operator==(const Bookkeeping&) const = default;
};

/// One snapshot of a database.
struct LiveDatabase {
    ServerFacts server;
    Schema schema;
    std::set<std::string> unreadable;  ///< tables and sequences that this role has no right to read
    Bookkeeping bookkeeping;
};

}  // namespace aksono::synschema
