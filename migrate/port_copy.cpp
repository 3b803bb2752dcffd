// SPDX-License-Identifier: Apache-2.0
#include "port_copy.h"

#include "port_rows.h"

#include <iostream>
#include <limits>

namespace aksono::migrate {

namespace {

constexpr std::size_t kMostBytes = 8 * 1024 * 1024;  ///< of one transaction
constexpr std::int64_t kMostTold = 20;               ///< rows that are left out, told one by one

}  // namespace

void TableCopier::copy(const PortTable& table, TableProgress& progress,
                       const std::set<std::int64_t>& orphans) {
    if (progress.done) return;
    auto source = file_.query(table.select());
    source.bind(1, progress.last_row.value_or(std::numeric_limits<std::int64_t>::min()));
    while (source.step()) {
        const auto row = source.integer(0);
        if (orphans.contains(row)) {
            leave_out(table, progress, row, "refers to a row that is not there");
        } else if (const auto wrong = add_row(table, source, rows_)) {
            leave_out(table, progress, row, *wrong);
        }
        progress.last_row = row;
        ++read_;
        if (read_ >= batch_ || rows_.str().size() >= kMostBytes) write(table, progress);
    }
    progress.done = true;
    write(table, progress);
}

void TableCopier::leave_out(const PortTable& table, TableProgress& progress, std::int64_t row,
                            const std::string& why) {
    ++progress.left_out;
    if (progress.left_out <= kMostTold) {
        std::cerr << "left out: " << table.name << ", row " << row << ": " << why << std::endl;
    }
    if (progress.left_out == kMostTold) {
        std::cerr << "left out: " << table.name << ": more of them are only counted" << std::endl;
    }
}

void TableCopier::write(const PortTable& table, TableProgress& progress) {
    target_.run("BEGIN");
    if (rows_.rows() > 0) {
        target_.copy(table.copy(), rows_);
        if (!table.staged.empty()) target_.run(table.staged);
    }
    progress.written += rows_.rows();
    target_.run(note_statement(table.name, progress));
    target_.run("COMMIT");
    meter_.add(table.name, read_);
    rows_.clear();
    read_ = 0;
}

}  // namespace aksono::migrate
