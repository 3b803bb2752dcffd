// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/section.h"

#include <optional>
#include <string>

namespace aksono::config {

/// `database`, or the one entry of `databases`.
struct DatabaseSettings {
    std::string conninfo;  ///< libpq key=value string; holds the password
    int cp_min = 5;
    int cp_max = 10;  ///< threads for the database
    bool allow_unsafe_locale = false;
    std::int64_t txn_limit = 0;                ///< transactions per connection; 0 = no limit
    std::int64_t statement_timeout = 3600000;  ///< ms
};

DatabaseSettings read_database(const Section& root);

/// The two stores of tables that `databases` may keep apart.
struct DataStores {
    DatabaseSettings main;
    std::optional<DatabaseSettings> state;  ///< empty: in the main one
};

/// As read_database, and both of them where it refuses; for the tools.
DataStores read_data_stores(const Section& root);

}  // namespace aksono::config
