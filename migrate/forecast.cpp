// SPDX-License-Identifier: Apache-2.0
#include "forecast.h"

#include "pg/errors.h"
#include "synschema/introspection.h"

#include <algorithm>
#include <chrono>

#include <nlohmann/json.hpp>

namespace aksono::migrate {

namespace {

using synschema::Lock;
using synschema::Task;

constexpr pg::Statement kWeights{"migrate_table_weights", R"(
SELECT c.relname, pg_table_size(c.oid), greatest(c.reltuples, 0)::bigint, c.relpages,
       pg_relation_size(c.oid) / current_setting('block_size')::bigint,
       (SELECT count(*) FROM pg_index i WHERE i.indrelid = c.oid)
FROM pg_class c WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1)
  AND c.relkind IN ('r', 'p'))"};

/// Of a table that nobody has analysed.
constexpr std::int64_t kGuessedRowsPerPage = 50;

std::map<std::string, synschema::TableWeight> read_weights(pg::Transaction& tx,
                                                           const std::string& schema) {
    std::map<std::string, synschema::TableWeight> out;
    for (const auto row : tx.query(kWeights, schema)) {
        synschema::TableWeight weight;
        weight.heap_bytes = row.integer(1);
        const auto counted = row.integer(2);
        const auto pages_then = row.integer(3);
        const auto pages_now = row.integer(4);
        // As the planner does: the density of the last look, the size of now.
        weight.rows =
            pages_then > 0 ? counted * pages_now / pages_then : pages_now * kGuessedRowsPerPage;
        weight.indexes = static_cast<int>(row.integer(5));
        out[row.text(0)] = weight;
    }
    return out;
}

double seconds_of(const auto& work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double measure_slowness(pg::Transaction& tx) {
    double best = 1e9;
    for (int i = 0; i < 3; ++i)
        best = std::min(best, seconds_of([&] { tx.query_text(synschema::kYardstick); }));
    return synschema::slowness(best);
}

/// Rows that the planner expects a statement to touch; none when it names what is not there yet.
std::optional<std::int64_t> planned_rows(pg::Transaction& tx, const std::string& sql) {
    tx.query_text("SAVEPOINT estimate");
    try {
        const auto json =
            nlohmann::json::parse(tx.query_text("EXPLAIN (FORMAT JSON) " + sql)[0].text(0));
        tx.query_text("RELEASE SAVEPOINT estimate");
        const auto& plan = json.at(0).at("Plan");
        const auto& source = plan.contains("Plans") ? plan.at("Plans").at(0) : plan;
        return source.at("Plan Rows").get<std::int64_t>();
    } catch (const pg::SqlError&) {
        tx.query_text("ROLLBACK TO SAVEPOINT estimate");
        return std::nullopt;
    }
}

bool is_text(const synschema::Table& table, const std::string& column) {
    const auto it = std::ranges::find(table.columns, column, &synschema::Column::name);
    return it != table.columns.end() && it->type == "text";
}

class Forecaster {
public:
    Forecaster(pg::Transaction& tx, const Upgradable& found) : tx_(tx), found_(found) {
        out_.tables = read_weights(tx, found.live.server.schema);
        weights_ = out_.tables;
        slowness_ = measure_slowness(tx);
    }

    Forecast make();

private:
    void add(const std::string& delta, const std::string& sql, synschema::StatementWork work);
    std::int64_t rows_of(const PlannedStatement& statement);
    double seconds_of_work(const PlannedStatement& statement);
    double seconds_of_reads(const PlannedStatement& statement);
    [[nodiscard]] int text_columns(const PlannedStatement& statement) const;
    [[nodiscard]] bool has_index_on(const synschema::ColumnRead& read) const;
    void grow(const PlannedStatement& statement);
    void find_holds();
    [[nodiscard]] bool was_there(const std::string& table) const {
        return found_.live.schema.tables.contains(table);
    }

    pg::Transaction& tx_;
    const Upgradable& found_;
    double slowness_ = 1;
    std::map<std::string, synschema::TableWeight> weights_;  ///< as they become
    Forecast out_;
};

std::int64_t Forecaster::rows_of(const PlannedStatement& statement) {
    const auto& work = statement.work;
    const auto all = weights_[work.table].rows;
    switch (work.task) {
        case Task::updates_rows:
        case Task::deletes_rows:
        case Task::inserts_rows:
            if (!was_there(work.table)) return 0;
            // A column that an earlier delta makes is empty in every row.
            return std::min(planned_rows(tx_, statement.sql).value_or(all), std::max(all, 1L));
        case Task::builds_index:
        case Task::checks_rows:
        case Task::rewrites:
            return all;
        default:
            return 0;
    }
}

int Forecaster::text_columns(const PlannedStatement& statement) const {
    const auto table = found_.live.schema.tables.find(statement.work.table);
    if (table == found_.live.schema.tables.end()) return 0;
    const auto open = statement.sql.find('(');
    if (open == std::string::npos) return 0;
    const auto first =
        statement.sql.substr(open + 1, statement.sql.find_first_of(",)", open) - open - 1);
    return is_text(table->second, first) ? 1 : 0;
}

bool Forecaster::has_index_on(const synschema::ColumnRead& read) const {
    const auto table = found_.live.schema.tables.find(read.table);
    if (table == found_.live.schema.tables.end()) return true;
    const auto& indexes = table->second.indexes;
    return std::ranges::any_of(indexes, [&](const synschema::Index& index) {
        return !index.keys.empty() && index.keys.front() == read.column && index.predicate.empty();
    });
}

double Forecaster::seconds_of_reads(const PlannedStatement& statement) {
    double seconds = 0;
    for (const auto& read : statement.work.reads) {
        if (has_index_on(read)) continue;
        seconds += synschema::seconds_for({Task::reads_rows, 0, weights_[read.table], 0});
    }
    return seconds;
}

double Forecaster::seconds_of_work(const PlannedStatement& statement) {
    const synschema::Amount amount{statement.work.task, statement.rows,
                                   weights_[statement.work.table], text_columns(statement)};
    return slowness_ * (synschema::seconds_for(amount) + seconds_of_reads(statement));
}

/// Old versions of changed rows stay until the transaction has ended.
void Forecaster::grow(const PlannedStatement& statement) {
    auto& weight = weights_[statement.work.table];
    if (statement.work.task == Task::updates_rows && weight.rows > 0) {
        weight.heap_bytes +=
            statement.rows * (out_.tables[statement.work.table].heap_bytes / weight.rows);
    }
    if (statement.work.task == Task::builds_index) weight.indexes += 1;
    if (statement.sql.starts_with("DROP INDEX") && weight.indexes > 0) weight.indexes -= 1;
}

std::vector<Hazard> hazards_of(const PlannedStatement& statement, bool was_there) {
    std::vector<Hazard> out;
    Lock strongest = Lock::none;
    for (const auto& lock : statement.work.locks)
        strongest = std::max(strongest, lock.lock);
    if (strongest == Lock::access_exclusive) out.push_back(Hazard::blocks_reads_and_writes);
    if (strongest == Lock::share || strongest == Lock::share_row_exclusive) {
        out.push_back(Hazard::blocks_writes);
    }
    const auto task = statement.work.task;
    if (task == Task::checks_rows) out.push_back(Hazard::scans_table);
    if (task == Task::rewrites) out.push_back(Hazard::rewrites_table);
    if (task == Task::builds_index) out.push_back(Hazard::builds_index);
    if (task == Task::updates_rows && was_there) out.push_back(Hazard::changes_rows);
    if (task == Task::deletes_rows && was_there) out.push_back(Hazard::deletes_rows);
    if (statement.work.destroys) out.push_back(Hazard::loses_data);
    return out;
}

void Forecaster::add(const std::string& delta, const std::string& sql,
                     synschema::StatementWork work) {
    std::erase_if(work.locks, [&](const auto& lock) { return !was_there(lock.table); });
    PlannedStatement statement{delta, sql, std::move(work), 0, 0, {}};
    statement.rows = rows_of(statement);
    statement.seconds = seconds_of_work(statement);
    statement.hazards = hazards_of(statement, was_there(statement.work.table));
    grow(statement);
    out_.seconds += statement.seconds;
    out_.statements.push_back(std::move(statement));
}

/// A lock lasts from the statement that takes it to the end of the transaction.
void Forecaster::find_holds() {
    std::map<std::string, LockHold> holds;
    double left = out_.seconds;
    for (const auto& statement : out_.statements) {
        for (const auto& lock : statement.work.locks) {
            if (lock.lock <= Lock::row_exclusive) continue;
            auto& hold = holds[lock.table];
            hold.table = lock.table;
            if (lock.lock <= hold.lock) continue;
            hold.lock = lock.lock;
            hold.seconds = left;
        }
        left -= statement.seconds;
    }
    for (auto& [table, hold] : holds)
        out_.holds.push_back(std::move(hold));
    std::ranges::stable_sort(out_.holds, std::greater{}, &LockHold::seconds);
}

Forecast Forecaster::make() {
    for (const auto& sql : found_.plan.first)
        add("", sql, synschema::work_of(sql));
    for (const auto& step : found_.plan.steps) {
        for (const auto& sql : step.before)
            add(step.file, sql, synschema::work_of(sql));
        for (const auto& change : step.changes)
            add(step.file, change.sql, synschema::work_of(change));
        for (const auto& sql : step.after)
            add(step.file, sql, synschema::work_of(sql));
    }
    find_holds();
    return std::move(out_);
}

}  // namespace

const char* name_of(Hazard hazard) {
    switch (hazard) {
        case Hazard::blocks_reads_and_writes:
            return "blocks_reads_and_writes";
        case Hazard::blocks_writes:
            return "blocks_writes";
        case Hazard::scans_table:
            return "scans_table";
        case Hazard::rewrites_table:
            return "rewrites_table";
        case Hazard::builds_index:
            return "builds_index";
        case Hazard::changes_rows:
            return "changes_rows";
        case Hazard::deletes_rows:
            return "deletes_rows";
        case Hazard::loses_data:
            return "loses_data";
    }
    return "";
}

Forecast forecast(pg::Transaction& tx, const Upgradable& found) {
    return Forecaster(tx, found).make();
}

}  // namespace aksono::migrate
