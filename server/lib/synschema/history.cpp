// SPDX-License-Identifier: Apache-2.0
#include "synschema/history.h"

#include "synschema/catalogue.h"
#include "synschema/embedded.h"
#include "synschema/introspection.h"
#include "synschema/schema_json.h"

#include <algorithm>

namespace aksono::synschema {

namespace {

constexpr int kOldestFullSchema = 54;   ///< releases 1.0 to 1.68 begin with it
constexpr int kPresentFullSchema = 72;  ///< releases since 1.69

Store read_store(const std::string& name) {
    if (name == "state") return Store::state;
    return name == "common" ? Store::both : Store::main;
}

Delta read_delta(const std::string& file, const OrderedJson& json) {
    Delta delta;
    delta.file = file;
    if (json.contains("shape")) delta.changes.push_back(json.at("shape"));
    const auto queue = json.value("queue", OrderedJson::object());
    for (const auto& [name, row] : queue.items()) {
        if (row.is_null()) {
            delta.unqueues.push_back(name);
        } else {
            delta.queues.push_back(
                {name, row.value("progress", "{}"), row.value("after", ""), row.at("ordering")});
        }
    }
    const auto tasks = json.value("tasks", OrderedJson::array());
    for (const auto& task : tasks) {
        delta.tasks.push_back({task.at("id"), task.at("action"), task.at("status")});
    }
    return delta;
}

/// `sequence` to the greatest of `columns` ("table.column"), or 1.
std::string set_to_greatest(const std::string& sequence, const std::vector<std::string>& columns) {
    std::string values;
    for (const auto& column : columns) {
        const auto dot = column.find('.');
        values +=
            ", (SELECT max(" + column.substr(dot + 1) + ") FROM " + column.substr(0, dot) + ")";
    }
    return "SELECT setval(" + quote_literal(sequence) + ", greatest(1" + values + "))";
}

void add_by_hand(const OrderedJson& json, Delta& delta) {
    const auto list = [&](const char* key) { return json.value(key, std::vector<std::string>()); };
    if (json.contains("shape")) delta.changes.push_back(json.at("shape"));
    for (const auto& name : list("unqueues"))
        delta.unqueues.push_back(name);
    delta.store = read_store(json.value("store", "main"));
    delta.before = list("before");
    delta.after = list("after");
    delta.needs_done = list("needs_done");
    delta.finishes = list("finishes");
    delta.keeps_queued = json.value("keeps_queued", false);
    delta.not_by_us = json.value("not_by_us", false);
    const auto sequences = json.value("sequences", OrderedJson::object());
    for (const auto& [sequence, columns] : sequences.items())
        delta.after.push_back(set_to_greatest(sequence, columns));
}

void add_shipping(std::vector<Delta>& deltas) {
    const auto shipped = OrderedJson::parse(embedded_file("shipped.json"));
    const auto late = shipped.at("late").get<std::set<std::string>>();
    const auto only_then = shipped.at("only_then").get<std::set<std::string>>();
    for (auto& delta : deltas) {
        delta.late = late.contains(delta.file);
        delta.only_then = only_then.contains(delta.file);
    }
}

}  // namespace

bool Delta::is_shipped_at(int version) const {
    const int of = delta_version(file);
    if (past) return only_then && of == version;
    return late ? of < version : of <= version;
}

History::History() : updates_(load_known_updates()) {
    auto file = OrderedJson::parse(embedded_file("history.json"));
    base_ = std::move(file.at("base"));
    for (const auto& [name, json] : file.at("deltas").items())
        deltas_.push_back(read_delta(name, json));
    for (const auto& [name, json] : file.at("past").items()) {
        deltas_.push_back(read_delta(name, json));
        deltas_.back().past = true;
    }
    const auto by_hand = OrderedJson::parse(embedded_file("by_hand.json"));
    for (auto& delta : deltas_) {
        if (by_hand.contains(delta.file)) add_by_hand(by_hand.at(delta.file), delta);
    }
    add_shipping(deltas_);
    std::ranges::stable_sort(deltas_, {},
                             [](const Delta& delta) { return delta_version(delta.file); });
}

const Delta* History::find(const std::string& file) const {
    const auto it = std::ranges::find(deltas_, file, &Delta::file);
    return it == deltas_.end() ? nullptr : &*it;
}

Schema History::shape_after(const std::set<std::string>& files) const {
    OrderedJson shape = base_;
    for (const auto& delta : deltas_) {
        if (!files.contains(delta.file)) continue;
        for (const auto& patch : delta.changes)
            shape.merge_patch(patch);
        for (const auto& queued : delta.queues) {
            const auto update = updates_.find(queued.name);
            if (update == updates_.end()) continue;
            for (const auto& patch : update->second.completes)
                shape.merge_patch(patch);
        }
    }
    return read_schema(shape);
}

int full_schema_of(const Bookkeeping& books) {
    const auto& rows = books.applied_deltas;
    // A state database has few rows, or none.
    const int first = rows.empty() ? books.version.value_or(0) : rows.front().first;
    const bool began_late = first > kPresentFullSchema;
    return began_late ? kPresentFullSchema : kOldestFullSchema;
}

std::set<std::string> files_of(const Bookkeeping& books, const History& history) {
    std::set<std::string> files;
    for (const auto& [version, file] : books.applied_deltas)
        files.insert(file);
    const int full_schema = full_schema_of(books);
    for (const auto& delta : history.deltas()) {
        if (delta_version(delta.file) <= full_schema && !delta.past) files.insert(delta.file);
    }
    return files;
}

}  // namespace aksono::synschema
