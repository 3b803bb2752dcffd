// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "synschema/statement_work.h"

#include <cstdint>

namespace aksono::synschema {

/// What a table weighs when a statement works on it.
struct TableWeight {
    std::int64_t rows = 0;
    std::int64_t heap_bytes = 0;  ///< with what is toasted, without indexes
    int indexes = 0;              ///< those of constraints too
};

/// How much a statement has to do.
struct Amount {
    Task task = Task::catalogue;
    std::int64_t rows = 0;  ///< that it touches
    TableWeight table;
    int text_columns = 0;  ///< of the index that is built
};

/// Seconds on a machine of speed 1, everything in memory. Measured with tables of 100,000 and
/// 1,000,000 rows shaped like Synapse's.
double seconds_for(const Amount& amount);

/// How many times slower a machine is, from the seconds of the yardstick statement on it.
double slowness(double yardstick_seconds);

/// Work for the processor alone: 200,000 hashes.
extern const char* const kYardstick;

}  // namespace aksono::synschema
