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
        {"rows-left-out",
         {kInfo},
         "a question left out rows with a value that PostgreSQL cannot read",
         "The value is broken, which is told on its own. All other rows were looked at.",
         "mend what is told as broken, and check again"},
        {"collation-version",
         {kWarning},
         "the system's collation library has changed",
         "Indexes over text may be in another order than the library now says: rows are not "
         "found, duplicates get in.",
         "REINDEX DATABASE, then ALTER DATABASE … REFRESH COLLATION VERSION"},
        {"index-corrupt",
         {kError},
         "amcheck found an index that contradicts itself, or its table",
         "Rows are not found, duplicates get in.",
         "REINDEX INDEX CONCURRENTLY"},
        {"index-lets-twice",
         {kError},
         "rows are there more than once, in spite of a unique index",
         "The index is damaged: which of the rows is found is left to chance. Looked for with "
         "--deep.",
         "keep the right one of each, then REINDEX INDEX; look for the cause"},
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
