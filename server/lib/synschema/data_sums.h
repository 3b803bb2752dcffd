// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pg/transaction.h"
#include "synschema/schema.h"

namespace aksono::synschema {

/// What the rows of a table add up to; the order of rows and columns does not matter.
struct DataSum {
    std::int64_t rows = 0;
    std::string sum;  ///< of a hash of each row, decimal
};

using DataSums = std::map<std::string, DataSum>;  ///< by table

/// Reads every row of every table once. UNLOGGED tables are left out: they hold passing locks.
DataSums read_data_sums(pg::Transaction& tx, const Schema& schema);

/// "events (rows)" → "12 rows, sum …", for people.
std::map<std::string, std::string> describe(const DataSums& sums);

}  // namespace aksono::synschema
