// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pg/transaction.h"
#include "synschema/live_database.h"

#include <span>

namespace aksono::synschema {

/// A column whose values come from a sequence.
struct IdColumn {
    const char* table;
    const char* column;
};

/// A sequence, the columns it feeds, and the stream whose positions are rows of stream_positions.
struct SequenceUse {
    const char* sequence;
    const char* stream;  ///< nullptr: no stream
    std::span<const IdColumn> columns;
    bool negative = false;  ///< the columns hold its numbers with a minus sign
};

/// Every sequence that Synapse compares with tables when it starts.
std::span<const SequenceUse> sequence_uses();

/// "table.column" → its largest value; with a leading "-": of the negated ones. 0 for an empty
/// table.
using LargestIds = std::map<std::string, std::int64_t>;

/// One statement for all of them; columns that the database does not have, and tables that may not
/// be read, are left out.
LargestIds read_largest_ids(pg::Transaction& tx, const LiveDatabase& live);

/// A sequence that would hand out numbers that its tables have already.
struct SequenceBehind {
    std::string sequence;
    std::string table;
    std::int64_t position = 0;  ///< of the sequence
    std::int64_t largest = 0;   ///< in the table
};
std::vector<SequenceBehind> find_sequences_behind(const Schema& schema, const LargestIds& largest);

/// A row of stream_positions beyond its sequence: Synapse refuses to start.
struct PositionAhead {
    std::string stream;
    std::string instance;
    std::string sequence;
    std::int64_t position = 0;  ///< of the row
    std::int64_t sequence_position = 0;
};
std::vector<PositionAhead> find_positions_ahead(const Schema& schema,
                                                const std::vector<StreamPosition>& positions);

}  // namespace aksono::synschema
