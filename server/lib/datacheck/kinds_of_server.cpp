// SPDX-License-Identifier: Apache-2.0
#include "datacheck/kinds.h"

namespace aksono::datacheck {

namespace {
using synschema::Severity;
constexpr auto kError = Severity::error;
constexpr auto kWarning = Severity::warning;
constexpr auto kInfo = Severity::info;
}  // namespace

std::vector<Kind> kinds_of_server() {
    return {
        {"ignore-expired",
         {kInfo},
         "an entry of --ignore has ended",
         "It ignores nothing.",
         "take it out, or give it another date"},
        {"ignore-unused", {kInfo}, "an entry of --ignore matches nothing", "", "take it out"},
        {"no-rights",
         {kInfo},
         "tables may not be read",
         "What is in them was not looked at.",
         "GRANT pg_read_all_data TO the role"},
        {"not-asked",
         {kInfo},
         "a question to the rows was not asked, or not to the end",
         "No rights, the time was up, somebody held a lock, or a standby lacks the table.",
         "see the reason; --resume goes on where the time was up"},
        {"question-failed",
         {kWarning},
         "PostgreSQL refused the statement of a question",
         "What it would have found is not known.",
         "tell the makers of this program"},
        {"collation-version",
         {kWarning},
         "the system's collation library has changed",
         "Indexes over text may be in another order than the library now says: rows are not "
         "found, duplicates get in.",
         "REINDEX DATABASE, then ALTER DATABASE … REFRESH COLLATION VERSION"},
        {"index-corrupt",
         {kError},
         "amcheck found an index that contradicts itself",
         "Rows are not found, duplicates get in.",
         "REINDEX INDEX CONCURRENTLY"},
        {"background-update-queue",
         {kInfo},
         "how many background updates are queued, and how long",
         "An estimate from the size of tables.",
         "let Synapse run, or aksono-migrate background"},
        {"largest-tables", {kInfo}, "the largest tables", "Told from 1 GiB on.", "nothing"},
        {"table-bloat",
         {kInfo},
         "a table holds many dead rows",
         "Autovacuum does not keep up, or something holds an old snapshot.",
         "VACUUM; look for long transactions and unused replication slots"},
    };
}

}  // namespace aksono::datacheck
