// SPDX-License-Identifier: Apache-2.0
#include "synschema/unfinished_work.h"

#include <algorithm>

namespace aksono::synschema {

namespace {

constexpr pg::Statement kPartialRooms{"unfinished_partial_rooms",
                                      "SELECT room_id FROM partial_state_rooms ORDER BY room_id"};
constexpr pg::Statement kTasks{
    "unfinished_tasks",
    "SELECT action, status, coalesce(resource_id, '') FROM scheduled_tasks"
    " WHERE status IN ('scheduled', 'active') ORDER BY timestamp, id"};
constexpr pg::Statement kCounts{
    "unfinished_counts",
    "SELECT (SELECT count(*) FROM delayed_events WHERE NOT is_processed),"
    "       (SELECT count(*) FROM application_services_txns),"
    "       (SELECT count(*) FROM device_federation_outbox)"};

/// «3 rooms», «1 room».
std::string counted(std::size_t count, const std::string& what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string name_some(const std::vector<std::string>& names) {
    constexpr std::size_t kSome = 3;
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), kSome); ++i)
        text += (i == 0 ? "" : ", ") + names[i];
    return names.size() > kSome ? text + " …" : text;
}

/// Deletes a room step by step: begun, it leaves a room without half of its rows.
bool deletes_room(const UnfinishedTask& task) {
    return task.action == "purge_room" || task.action == "shutdown_and_purge_room";
}

std::vector<std::string> half_deleted(const std::vector<UnfinishedTask>& tasks) {
    std::vector<std::string> rooms;
    for (const auto& task : tasks) {
        if (deletes_room(task) && task.status == "active") rooms.push_back(task.resource);
    }
    return rooms;
}

}  // namespace

std::vector<std::string> UnfinishedWork::notes() const {
    std::vector<std::string> notes;
    if (!partial_state_rooms.empty()) {
        notes.push_back(counted(partial_state_rooms.size(), "room") +
                        " in partial state: " + name_some(partial_state_rooms));
    }
    for (const auto& task : tasks) {
        notes.push_back("Task " + task.action + " is " + task.status +
                        (task.resource.empty() ? "" : " for " + task.resource));
    }
    const auto add = [&notes](std::int64_t count, const std::string& what, const char* waits) {
        if (count > 0) notes.push_back(counted(static_cast<std::size_t>(count), what) + waits);
    };
    add(delayed_events, "delayed event", " not sent yet");
    add(appservice_transactions, "transaction", " not delivered to application services yet");
    add(outbound_messages, "device message", " not sent to other servers yet");
    return notes;
}

std::optional<std::string> UnfinishedWork::refuse_writing(const std::string& config_file) const {
    const std::string where = (config_file.empty() ? "" : config_file + ": ") + "database: ";
    if (!partial_state_rooms.empty()) {
        return "Not fully joined yet: " + counted(partial_state_rooms.size(), "room") +
               " in partial state (" + name_some(partial_state_rooms) + "); " + where +
               "start Synapse and wait until partial_state_rooms is empty, or start with "
               "--read-only";
    }
    if (const auto rooms = half_deleted(tasks); !rooms.empty()) {
        return "Half deleted: " + counted(rooms.size(), "room") + " (" + name_some(rooms) + "); " +
               where +
               "start Synapse and wait until scheduled_tasks has no active purge_room or "
               "shutdown_and_purge_room, or start with --read-only";
    }
    return std::nullopt;
}

UnfinishedWork read_unfinished_work(pg::Transaction& tx) {
    UnfinishedWork work;
    for (const auto& row : tx.query(kPartialRooms))
        work.partial_state_rooms.push_back(row.text(0));
    for (const auto& row : tx.query(kTasks))
        work.tasks.push_back({row.text(0), row.text(1), row.text(2)});
    const auto counts = tx.query(kCounts);
    work.delayed_events = counts[0].integer(0);
    work.appservice_transactions = counts[0].integer(1);
    work.outbound_messages = counts[0].integer(2);
    return work;
}

}  // namespace aksono::synschema
