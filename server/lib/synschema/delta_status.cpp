// SPDX-License-Identifier: Apache-2.0
#include "synschema/delta_status.h"

#include "synschema/catalogue.h"

#include <algorithm>

namespace aksono::synschema {

namespace {

constexpr int kOldestKnown = 55;

bool column_is_there(const Table& table, const std::string& name, const OrderedJson& wanted) {
    const auto it = std::ranges::find(table.columns, name, &Column::name);
    return it != table.columns.end() && wanted.value("type", it->type) == it->type;
}

/// Counts what a patch makes, and what of it is there.
class Tally {
public:
    explicit Tally(const Schema& live) : live_(live) {}

    void sequences(const OrderedJson& changes);
    void tables(const OrderedJson& changes);
    [[nodiscard]] bool complete() const { return made_ > 0 && made_ == found_; }

private:
    void count(bool found) {
        made_ += 1;
        found_ += found ? 1 : 0;
    }

    const Schema& live_;
    int made_ = 0;
    int found_ = 0;
};

void Tally::sequences(const OrderedJson& changes) {
    const auto sequences = changes.value("sequences", OrderedJson::object());
    for (const auto& [name, sequence] : sequences.items()) {
        if (!sequence.is_null()) count(live_.sequences.contains(name));
    }
}

void Tally::tables(const OrderedJson& changes) {
    const auto tables = changes.value("tables", OrderedJson::object());
    for (const auto& [name, table] : tables.items()) {
        if (table.is_null()) continue;
        const auto columns = table.value("columns", OrderedJson::object());
        const auto live = live_.tables.find(name);
        for (const auto& [column, wanted] : columns.items()) {
            if (wanted.is_null()) continue;
            count(live != live_.tables.end() && column_is_there(live->second, column, wanted));
        }
    }
}

}  // namespace

DeltaStatus delta_status(const Bookkeeping& books, const History& history, Store store) {
    std::set<std::string> applied;
    for (const auto& [version, file] : books.applied_deltas)
        applied.insert(file);
    const int version = std::min(books.version.value_or(kSchema), kSchema);
    const int full_schema = full_schema_of(books);

    DeltaStatus status;
    for (const auto& delta : history.deltas()) {
        const int of = delta_version(delta.file);
        if (of <= full_schema || of > kSchema || delta.past) continue;
        if (applied.contains(delta.file) || !concerns(delta.store, store)) continue;
        (of < version ? status.lost : status.unapplied).push_back(delta.file);
    }
    for (const auto& file : applied) {
        const bool known = delta_version(file) < kOldestKnown || history.find(file) != nullptr;
        if (!known) status.unknown.push_back(file);
    }
    return status;
}

bool is_done(const Schema& live, const Delta& delta) {
    Tally tally(live);
    for (const auto& patch : delta.changes) {
        tally.sequences(patch);
        tally.tables(patch);
    }
    return tally.complete();
}

}  // namespace aksono::synschema
