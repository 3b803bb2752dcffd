// SPDX-License-Identifier: Apache-2.0
#include "synschema/upgrade_cost.h"

#include <algorithm>
#include <cmath>

namespace aksono::synschema {

namespace {

constexpr double kReference = 0.3;  ///< seconds of the yardstick where the rest was measured
constexpr double kStatement = 0.0004;
constexpr double kScannedByte = 0.25e-9;
constexpr double kScannedRow = 0.03e-6;
constexpr double kCheckedRow = 0.3e-6;  ///< one look into another table for each
constexpr double kUpdatedRow = 1.5e-6;
constexpr double kUpdatedKey = 3.2e-6;  ///< per index
constexpr double kDeletedRow = 0.5e-6;
constexpr double kWrittenByte = 3e-9;
constexpr double kSortedNumber = 0.3e-6;
constexpr double kSortedText = 0.85e-6;
constexpr double kSampledBytes = 250e6;

double scan(const TableWeight& table) {
    return static_cast<double>(table.heap_bytes) * kScannedByte +
           static_cast<double>(table.rows) * kScannedRow;
}

double index_build(const TableWeight& table, int text_columns) {
    return scan(table) +
           static_cast<double>(table.rows) * (text_columns > 0 ? kSortedText : kSortedNumber);
}

double row_changes(const Amount& amount, double per_row) {
    const double rows = static_cast<double>(amount.rows);
    return scan(amount.table) + rows * (per_row + amount.table.indexes * kUpdatedKey);
}

double rewrite(const TableWeight& table) {
    return scan(table) + static_cast<double>(table.heap_bytes) * kWrittenByte +
           table.indexes * index_build({table.rows, 0, 0}, 1);
}

}  // namespace

const char* const kYardstick =
    "SELECT count(md5(g::text)) FROM generate_series(1, 200000) g WHERE md5(g::text) > ''";

double seconds_for(const Amount& amount) {
    switch (amount.task) {
        case Task::catalogue:
        case Task::books:
            return kStatement;
        case Task::reads_rows:
            return kStatement + scan(amount.table);
        case Task::inserts_rows:
            return kStatement + row_changes(amount, kUpdatedRow);
        case Task::updates_rows:
            return kStatement + row_changes(amount, kUpdatedRow);
        case Task::deletes_rows:
            return kStatement + scan(amount.table) + static_cast<double>(amount.rows) * kDeletedRow;
        case Task::builds_index:
            return kStatement + index_build(amount.table, amount.text_columns);
        case Task::checks_rows:
            return kStatement + scan(amount.table) +
                   static_cast<double>(amount.table.rows) * kCheckedRow;
        case Task::rewrites:
            return kStatement + rewrite(amount.table);
        case Task::analyzes:
            return kStatement +
                   std::min(static_cast<double>(amount.table.heap_bytes), kSampledBytes) * 2e-9;
    }
    return 0;
}

double slowness(double yardstick_seconds) {
    return std::clamp(yardstick_seconds / kReference, 0.3, 10.0);
}

}  // namespace aksono::synschema
