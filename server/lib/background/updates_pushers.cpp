// SPDX-License-Identifier: Apache-2.0
#include "background/updates.h"
#include "background/walk.h"

namespace aksono::background {

namespace {

constexpr pg::Statement kOfDeactivated{"background_pushers_deactivated", R"(
WITH batch AS (
    SELECT name FROM users WHERE name > $1 AND deactivated = 1 ORDER BY name LIMIT $2),
gone AS (DELETE FROM pushers p USING batch b WHERE p.user_name = b.name)
SELECT count(*), max(name) FROM batch)"};

/// Of logins that are over.
constexpr pg::Statement kStale{"background_pushers_stale", R"(
WITH batch AS (SELECT id FROM pushers WHERE id > $1 ORDER BY id LIMIT $2),
gone AS (DELETE FROM pushers p USING batch b WHERE p.id = b.id AND p.access_token IS NULL)
SELECT count(*), max(id) FROM batch)"};

/// To addresses that their users have taken back.
constexpr pg::Statement kMail{"background_pushers_mail", R"(
WITH batch AS (
    SELECT p.id FROM pushers p
    WHERE p.id > $1 AND p.app_id = 'm.email'
      AND NOT EXISTS (
        SELECT FROM user_threepids t
        WHERE t.medium = 'email' AND t.address = p.pushkey AND t.user_id = p.user_name)
    ORDER BY p.id LIMIT $2),
gone AS (DELETE FROM pushers p USING batch b WHERE p.id = b.id)
SELECT count(*), max(id) FROM batch)"};

constexpr pg::Statement kDevices{"background_pushers_devices", R"(
WITH batch AS (
    SELECT id FROM pushers WHERE id > $1 AND access_token IS NOT NULL ORDER BY id LIMIT $2),
named AS (
    UPDATE pushers p
    SET access_token = NULL,
        device_id = coalesce(
            p.device_id, (SELECT t.device_id FROM access_tokens t WHERE t.id = p.access_token))
    FROM batch b WHERE p.id = b.id)
SELECT count(*), max(id) FROM batch)"};

Outcome remove_of_deactivated(const Work& work) {
    return walk_texts(work, kOfDeactivated, "last_user");
}

Outcome remove_stale(const Work& work) {
    return walk_ids(work, kStale, "last_pusher");
}

Outcome remove_mail(const Work& work) {
    return walk_ids(work, kMail, "last_pusher");
}

Outcome name_devices(const Work& work) {
    return walk_ids(work, kDevices, "pusher_id");
}

}  // namespace

void add_pusher_updates(Updates& updates) {
    add(updates,
        {.name = "remove_deactivated_pushers", .walks = "users", .step = remove_of_deactivated});
    add(updates, {.name = "remove_stale_pushers", .walks = "pushers", .step = remove_stale});
    add(updates, {.name = "remove_deleted_email_pushers", .walks = "pushers", .step = remove_mail});
    add(updates, {.name = "set_device_id_for_pushers", .walks = "pushers", .step = name_devices});
}

}  // namespace aksono::background
