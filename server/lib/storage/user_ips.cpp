// SPDX-License-Identifier: Apache-2.0
#include "storage/user_ips.h"

namespace aksono::storage {

namespace {

constexpr pg::Statement kInsert{
    "user_ips_insert",
    "WITH seen AS (SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[],"
    " $6::bigint[]) AS s(user_id, access_token, ip, device_id, user_agent, last_seen)),"
    " latest AS (SELECT DISTINCT ON (user_id, device_id) * FROM seen WHERE device_id IS NOT NULL"
    " ORDER BY user_id, device_id, last_seen DESC),"
    " shown AS (UPDATE devices d SET last_seen = l.last_seen, ip = l.ip,"
    " user_agent = l.user_agent FROM latest l"
    " WHERE d.user_id = l.user_id AND d.device_id = l.device_id)"
    " INSERT INTO user_ips (user_id, access_token, ip, device_id, user_agent, last_seen)"
    " SELECT user_id, access_token, ip, device_id, user_agent, last_seen FROM seen"
    " ORDER BY user_id, access_token, ip"
    " ON CONFLICT (user_id, access_token, ip) DO UPDATE SET device_id = EXCLUDED.device_id,"
    " user_agent = EXCLUDED.user_agent, last_seen = EXCLUDED.last_seen"};

}  // namespace

void insert_users_seen(pg::Writer& tx, const std::vector<UserSeen>& seen) {
    std::vector<std::string> users;
    std::vector<std::string> tokens;
    std::vector<std::string> ips;
    std::vector<std::optional<std::string>> devices;
    std::vector<std::string> agents;
    std::vector<std::int64_t> times;
    for (const auto& one : seen) {
        users.push_back(one.user);
        tokens.push_back(one.access_token);
        ips.push_back(one.ip);
        devices.push_back(one.device_id);
        agents.push_back(one.user_agent);
        times.push_back(one.at);
    }
    tx.write(kInsert, users, tokens, ips, devices, agents, times);
}

}  // namespace aksono::storage
