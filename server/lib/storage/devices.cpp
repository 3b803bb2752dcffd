// SPDX-License-Identifier: Apache-2.0
#include "storage/devices.h"

namespace aksono::storage {

namespace {

constexpr pg::Statement kAdd{"device_add",
                             "INSERT INTO devices (user_id, device_id, display_name, hidden)"
                             " VALUES ($1, $2, $3, false)"
                             " ON CONFLICT (user_id, device_id) DO NOTHING"};

constexpr pg::Statement kHidden{
    "device_hidden",
    "SELECT coalesce(hidden, false) FROM devices WHERE user_id = $1 AND device_id = $2"};

constexpr pg::Statement kAuthProvider{
    "device_auth_provider_insert",
    "INSERT INTO device_auth_providers"
    " (user_id, device_id, auth_provider_id, auth_provider_session_id) VALUES ($1, $2, $3, $4)"};

constexpr pg::Statement kIds{
    "device_ids", "SELECT device_id FROM devices WHERE user_id = $1 AND hidden IS NOT TRUE"};

constexpr pg::Statement kDelete{
    "device_delete",
    "WITH keys AS (DELETE FROM e2e_device_keys_json"
    " WHERE user_id = $1 AND device_id = ANY($2::text[])),"
    " one_time AS (DELETE FROM e2e_one_time_keys_json"
    " WHERE user_id = $1 AND device_id = ANY($2::text[])),"
    " fallback AS (DELETE FROM e2e_fallback_keys_json"
    " WHERE user_id = $1 AND device_id = ANY($2::text[])),"
    " dehydrated AS (DELETE FROM dehydrated_devices"
    " WHERE user_id = $1 AND device_id = ANY($2::text[])),"
    " providers AS (DELETE FROM device_auth_providers"
    " WHERE user_id = $1 AND device_id = ANY($2::text[])),"
    " inbox AS (DELETE FROM device_inbox"
    " WHERE user_id = $1 AND device_id = ANY($2::text[]) RETURNING device_id),"
    " gone AS (DELETE FROM devices WHERE user_id = $1 AND device_id = ANY($2::text[])"
    " AND hidden IS NOT TRUE RETURNING device_id)"
    " SELECT g.device_id, (SELECT count(*) FROM inbox i WHERE i.device_id = g.device_id)"
    " FROM gone g ORDER BY array_position($2::text[], g.device_id)"};

constexpr pg::Statement kDeletePushers{
    "device_delete_pushers",
    "DELETE FROM pushers WHERE user_name = $1"
    " AND (device_id = ANY($2::text[]) OR access_token = ANY($3::bigint[]))"
    " RETURNING app_id, pushkey"};

constexpr pg::Statement kDeletedPushers{
    "device_insert_deleted_pushers",
    "INSERT INTO deleted_pushers (stream_id, app_id, pushkey, user_id, instance_name)"
    " SELECT s, a, k, $1::text, $5::text FROM unnest($2::bigint[], $3::text[], $4::text[]) AS t(s, "
    "a, k)"};

constexpr pg::Statement kTask{
    "device_insert_deleted_messages_task",
    "INSERT INTO scheduled_tasks (id, action, status, timestamp, resource_id, params)"
    " VALUES ($1, 'delete_device_messages', 'complete', $2, $3, $4)"};

}  // namespace

DeviceEntry add_device(pg::Transaction& tx, const UserId& user, std::string_view device_id,
                       const std::optional<std::string>& display_name) {
    if (tx.query(kAdd, user, device_id, display_name).affected() == 1) return DeviceEntry::added;
    const auto rows = tx.query(kHidden, user, device_id);
    return !rows.empty() && rows[0].boolean(0) ? DeviceEntry::reserved : DeviceEntry::known;
}

void insert_device_auth_provider(pg::Writer& tx, const UserId& user, std::string_view device_id,
                                 std::string_view provider, std::string_view session) {
    tx.write(kAuthProvider, user, device_id, provider, session);
}

std::vector<std::string> device_ids_of(pg::Transaction& tx, const UserId& user) {
    std::vector<std::string> ids;
    for (const auto& row : tx.query(kIds, user))
        ids.push_back(row.text(0));
    return ids;
}

std::vector<DeletedDevice> delete_devices(pg::Transaction& tx, const UserId& user,
                                          const std::vector<std::string>& devices) {
    std::vector<DeletedDevice> deleted;
    for (const auto& row : tx.query(kDelete, user, devices)) {
        deleted.push_back({row.text(0), row.integer(1)});
    }
    return deleted;
}

std::vector<DeletedPusher> delete_pushers_of_devices(pg::Transaction& tx, const UserId& user,
                                                     const std::vector<std::string>& devices,
                                                     const std::vector<std::int64_t>& token_ids) {
    std::vector<DeletedPusher> deleted;
    for (const auto& row : tx.query(kDeletePushers, user, devices, token_ids)) {
        deleted.push_back({row.text(0), row.text(1)});
    }
    return deleted;
}

void insert_deleted_pushers(pg::Writer& tx, const UserId& user,
                            const std::vector<DeletedPusher>& pushers,
                            const std::vector<std::int64_t>& stream_ids,
                            std::string_view instance) {
    std::vector<std::string> app_ids;
    std::vector<std::string> pushkeys;
    for (const auto& pusher : pushers) {
        app_ids.push_back(pusher.app_id);
        pushkeys.push_back(pusher.pushkey);
    }
    tx.write(kDeletedPushers, user, stream_ids, app_ids, pushkeys, instance);
}

void insert_deleted_messages_task(pg::Writer& tx, std::string_view task_id, const UserId& user,
                                  std::string_view device_id, std::int64_t up_to_stream_id,
                                  Millis now) {
    const Json params{
        {"user_id", user.str()}, {"device_id", device_id}, {"up_to_stream_id", up_to_stream_id}};
    tx.write(kTask, task_id, now, device_id, params);
}

}  // namespace aksono::storage
