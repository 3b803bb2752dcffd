// SPDX-License-Identifier: Apache-2.0
#include "synschema/history.h"

#include "synschema/catalogue.h"
#include "synschema/embedded.h"
#include "synschema/schema_json.h"

#include <algorithm>

namespace aksono::synschema {

namespace {

constexpr int kOldestFullSchema = 54;   ///< releases 1.0 to 1.68 begin with it
constexpr int kPresentFullSchema = 72;  ///< releases since 1.69

Delta read_delta(const std::string& file, const OrderedJson& json) {
    Delta delta{file, json.value("shape", OrderedJson::object()), {}, {}, {}, false};
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

}  // namespace

History::History() : updates_(load_known_updates()) {
    auto file = OrderedJson::parse(embedded_file("history.json"));
    base_ = std::move(file.at("base"));
    for (const auto& [name, json] : file.at("deltas").items())
        deltas_.push_back(read_delta(name, json));
    for (const auto& [name, json] : file.at("past").items()) {
        deltas_.push_back(read_delta(name, json));
        deltas_.back().past = true;
    }
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
        shape.merge_patch(delta.changes);
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
    const bool began_late = !rows.empty() && rows.front().first > kPresentFullSchema;
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
