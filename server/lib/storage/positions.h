// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pg/transaction.h"

#include <cstdint>
#include <string>
#include <vector>

namespace aksono::storage {

/// A row of stream_positions.
struct PositionRow {
    std::string stream;
    std::string instance;
    std::int64_t position = 0;
};

std::vector<PositionRow> select_stream_positions(pg::Transaction& tx);

/// Writes the rows; those that exist move only forward.
void upsert_stream_positions(pg::Writer& tx, const std::vector<PositionRow>& rows);

/// Deletes the rows of the streams named in `rows` whose instance is not among `rows`.
std::int64_t delete_other_stream_positions(pg::Transaction& tx,
                                           const std::vector<PositionRow>& rows);

/// Which consumers of the event stream are switched on. Synapse moves the user directory's position
/// even where the directory is switched off; the statistics' and the sender's it leaves then.
struct Consumers {
    bool stats = true;
    bool user_directory = true;
    bool federation = true;
    std::string server_name;
};

/// Moves the positions of what follows the event stream (statistics, user directory, forgotten
/// rooms, delayed events, the federation sender) up to `events`, but none of them past work that it
/// would have: a change of state, an event for another server.
void advance_consumers(pg::Writer& tx, std::int64_t events, const Consumers& consumers);

/// The values of sequences by name, as the last id handed out.
struct SequenceValue {
    std::string sequence;
    std::int64_t last = 0;
};
std::vector<SequenceValue> select_sequences(pg::Transaction& tx,
                                            const std::vector<std::string>& names);

}  // namespace aksono::storage
