// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "port_tables.h"
#include "sqlite_file.h"
#include "synschema/catalogue.h"

#include <map>
#include <set>

namespace aksono::migrate {

/// A Synapse's SQLite database that can be ported.
struct PortSource {
    int version = 0;                 ///< of the schema: 94 or 95
    std::vector<PortTable> tables;   ///< by name
    synschema::Catalogue catalogue;  ///< what PostgreSQL will have
};

/// Looks at everything but the rows; throws cli::Unsuitable, with what to do about it.
PortSource read_source(SqliteFile& file, const std::string& path);

/// PRAGMA quick_check; throws cli::Unsuitable.
void check_pages(SqliteFile& file, const std::string& path);

/// Row ids of rows that refer to others that are not there, by table: PostgreSQL takes none of
/// them.
std::map<std::string, std::set<std::int64_t>> find_orphans(SqliteFile& file);

}  // namespace aksono::migrate
