// SPDX-License-Identifier: Apache-2.0
#include "background/queue.h"

#include <stdexcept>

namespace aksono::background {

namespace {

constexpr pg::Statement kQueue{"background_queue", R"(
SELECT update_name, progress_json, coalesce(depends_on, ''), ordering
FROM background_updates ORDER BY ordering, update_name)"};
constexpr pg::Statement kLock{
    "background_lock",
    "SELECT progress_json FROM background_updates WHERE update_name = $1 FOR UPDATE"};
constexpr pg::Statement kSave{
    "background_save", "UPDATE background_updates SET progress_json = $2 WHERE update_name = $1"};
constexpr pg::Statement kFinish{"background_finish",
                                "DELETE FROM background_updates WHERE update_name = $1"};

Json read_progress(const std::string& name, std::string_view text) {
    auto progress = Json::parse(text, nullptr, false);
    if (progress.is_object()) return progress;
    throw std::runtime_error("background_updates: the progress_json of " + name +
                             " is no JSON object");
}

}  // namespace

std::vector<Queued> read_queue(pg::Transaction& tx) {
    std::vector<Queued> queue;
    for (const auto row : tx.query(kQueue)) {
        const auto name = row.text(0);
        queue.push_back({name, read_progress(name, row.view(1)), row.text(2), row.integer(3)});
    }
    return queue;
}

std::optional<Json> lock_progress(pg::Transaction& tx, const std::string& name) {
    const auto rows = tx.query(kLock, name);
    if (rows.empty()) return std::nullopt;
    return read_progress(name, rows[0].view(0));
}

void save_progress(pg::Transaction& tx, const std::string& name, const Json& progress) {
    tx.query(kSave, name, progress);
}

void finish(pg::Transaction& tx, const std::string& name) {
    tx.query(kFinish, name);
}

}  // namespace aksono::background
