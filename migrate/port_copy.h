// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pg/load_session.h"
#include "port_meter.h"
#include "port_progress.h"

namespace aksono::migrate {

/// Copies one table from where it stopped. Rows and the note of how far it is are written in the
/// same transaction, `batch` rows at a time, so that it may be killed at any moment.
class TableCopier {
public:
    TableCopier(SqliteFile& file, pg::LoadSession& target, PortMeter& meter, std::int64_t batch)
        : file_(file), target_(target), meter_(meter), batch_(batch) {}

    /// `orphans`: ids of rows to leave out.
    void copy(const PortTable& table, TableProgress& progress,
              const std::set<std::int64_t>& orphans);

private:
    void leave_out(const PortTable& table, TableProgress& progress, std::int64_t row,
                   const std::string& why);
    void write(const PortTable& table, TableProgress& progress);

    SqliteFile& file_;
    pg::LoadSession& target_;
    PortMeter& meter_;
    std::int64_t batch_;
    pg::CopyText rows_;
    std::int64_t read_ = 0;  ///< since the last write
};

}  // namespace aksono::migrate
