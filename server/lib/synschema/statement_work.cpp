// SPDX-License-Identifier: Apache-2.0
#include "synschema/statement_work.h"

#include <array>
#include <regex>

namespace aksono::synschema {

namespace {

struct Opening {
    const char* pattern;  ///< the first group is the table
    Task task;
    Lock lock;
};

const std::array<Opening, 9>& openings() {
    static const std::array<Opening, 9> kOpenings{{
        {R"(^UPDATE (\w+))", Task::updates_rows, Lock::row_exclusive},
        {R"(^DELETE FROM (\w+))", Task::deletes_rows, Lock::row_exclusive},
        {R"(^WITH \w+ AS \(DELETE FROM (\w+))", Task::updates_rows, Lock::row_exclusive},
        {R"(^INSERT INTO (\w+))", Task::inserts_rows, Lock::row_exclusive},
        {R"(^ANALYZE (\w+))", Task::analyzes, Lock::share_update_exclusive},
        {R"(^ALTER TABLE (\w+) ADD CONSTRAINT \w+ FOREIGN KEY.* NOT VALID$)", Task::catalogue,
         Lock::share_row_exclusive},
        {R"(^ALTER TABLE (\w+) VALIDATE)", Task::checks_rows, Lock::share_update_exclusive},
        {R"(^ALTER TABLE (\w+))", Task::catalogue, Lock::access_exclusive},
        {R"(^DROP RULE IF EXISTS \w+ ON (\w+))", Task::catalogue, Lock::access_exclusive},
    }};
    return kOpenings;
}

bool is_book(const std::string& table) {
    return table == "applied_schema_deltas" || table == "background_updates" ||
           table == "schema_version" || table == "schema_compat_version" ||
           table == "scheduled_tasks" || table == "stream_positions";
}

std::vector<ColumnRead> columns_read(const std::string& sql) {
    static const std::regex kGreatest(R"((?:max|min)\((\w+)\)(?: - 1)? FROM (\w+))");
    std::vector<ColumnRead> out;
    for (std::sregex_iterator it(sql.begin(), sql.end(), kGreatest), end; it != end; ++it)
        out.push_back({(*it)[2], (*it)[1]});
    return out;
}

Task task_of(const Change& change) {
    if (change.work == Work::rewrite) return Task::rewrites;
    if (change.work == Work::brief) return Task::catalogue;
    return change.sql.starts_with("CREATE") ? Task::builds_index : Task::checks_rows;
}

}  // namespace

const char* name_of(Task task) {
    switch (task) {
        case Task::catalogue:
            return "catalogue";
        case Task::books:
            return "books";
        case Task::reads_rows:
            return "read_rows";
        case Task::inserts_rows:
            return "insert_rows";
        case Task::updates_rows:
            return "update_rows";
        case Task::deletes_rows:
            return "delete_rows";
        case Task::builds_index:
            return "build_index";
        case Task::checks_rows:
            return "check_rows";
        case Task::rewrites:
            return "rewrite_table";
        case Task::analyzes:
            return "analyze";
    }
    return "";
}

const char* name_of(Lock lock) {
    switch (lock) {
        case Lock::access_exclusive:
            return "ACCESS EXCLUSIVE";
        case Lock::share_row_exclusive:
            return "SHARE ROW EXCLUSIVE";
        case Lock::share:
            return "SHARE";
        case Lock::share_update_exclusive:
            return "SHARE UPDATE EXCLUSIVE";
        case Lock::row_exclusive:
            return "ROW EXCLUSIVE";
        case Lock::none:
            break;
    }
    return "";
}

StatementWork work_of(const Change& change) {
    // Rows of new tables stand among the changes of shape.
    if (change.lock == Lock::none && change.also_locked.empty() &&
        (change.sql.starts_with("INSERT") || change.sql.starts_with("SELECT"))) {
        return {Task::books, "", {}, {}, false};
    }
    StatementWork work{task_of(change), change.table, {}, {}, change.destroys};
    if (change.lock != Lock::none) work.locks.push_back({change.table, change.lock});
    if (!change.also_locked.empty()) {
        work.locks.push_back({change.also_locked, Lock::share_row_exclusive});
    }
    return work;
}

StatementWork work_of(const std::string& sql) {
    StatementWork work{Task::catalogue, "", {}, columns_read(sql), false};
    std::smatch match;
    for (const auto& opening : openings()) {
        if (!std::regex_search(sql, match, std::regex(opening.pattern))) continue;
        work.table = match[1];
        work.task = is_book(work.table) ? Task::books : opening.task;
        work.locks.push_back({work.table, opening.lock});
        work.destroys = sql.contains(" DROP COLUMN ");
        static const std::regex kPointed(R"(REFERENCES (\w+)\()");
        if (std::regex_search(sql, match, kPointed)) {
            work.locks.push_back({match[1], Lock::share_row_exclusive});
        }
        return work;
    }
    if (!work.reads.empty()) work.task = Task::reads_rows;
    return work;
}

}  // namespace aksono::synschema
