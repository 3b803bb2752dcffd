// SPDX-License-Identifier: Apache-2.0
#include "synschema/check_database.h"
#include "synschema/fix.h"
#include "synschema/introspection.h"

namespace aksono::synschema {

void check_streams(const Snapshot& snapshot, Findings& findings) {
    const auto& schema = snapshot.live.schema;
    for (const auto& behind : find_sequences_behind(schema, snapshot.largest_ids)) {
        findings.push_back(
            {"sequence-behind",
             Severity::warning,
             behind.sequence,
             "sequence " + behind.sequence + " is at " + std::to_string(behind.position) + " and " +
                 behind.table + " holds " + std::to_string(behind.largest),
             "The next number it hands out is taken. Synapse notices when it starts, warns and "
             "moves it on; releases up to 1.108 refuse to start.",
             {"SELECT setval('" + behind.sequence + "', " + std::to_string(behind.largest) + ")",
              "", false}});
    }
    for (const auto& ahead :
         find_positions_ahead(schema, snapshot.live.bookkeeping.stream_positions)) {
        findings.push_back(
            {"stream-position-ahead", Severity::error, ahead.stream + "/" + ahead.instance,
             "stream_positions has " + ahead.stream + " of " + ahead.instance + " at " +
                 std::to_string(ahead.position) + ", beyond sequence " + ahead.sequence + " at " +
                 std::to_string(ahead.sequence_position),
             "Postgres sequence '" + ahead.sequence +
                 "' is inconsistent with associated stream position of '" + ahead.stream +
                 "' in the 'stream_positions' table: Synapse refuses to start.",
             delete_rows("stream_positions", "stream_name = " + quote_literal(ahead.stream))});
    }
}

}  // namespace aksono::synschema
