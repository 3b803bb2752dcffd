// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/writers.h"
#include "storage/stream.h"

#include <initializer_list>
#include <span>
#include <string>
#include <vector>

namespace aksono::storage {

/// A column whose highest value a stream's sequence must never be below.
struct StreamColumn {
    const char* table;
    const char* column;
};

/// What the schema knows of one stream.
struct StreamTables {
    Stream Streams::* stream;
    /// Whose instances have rows in stream_positions: a key of `stream_writers`, «master» for the
    /// main process, or nullptr for streams without rows.
    const char* writers;
    std::vector<StreamColumn> columns;
};

std::span<const StreamTables> stream_tables();

/// The instances that have a row for the stream; empty for streams without rows.
std::vector<std::string> stream_instances(const StreamTables& tables,
                                          const config::Writers& writers);

}  // namespace aksono::storage
