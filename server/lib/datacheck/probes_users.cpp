// SPDX-License-Identifier: Apache-2.0
#include "datacheck/dangling.h"
#include "datacheck/probes.h"
#include "synschema/fix.h"

namespace aksono::datacheck {

namespace {

using synschema::Severity;

/// Rows of `table` that belong to a user of this server.
Probe of_user(Severity severity, const std::string& id, const std::string& table,
              const std::string& what, std::string explanation,
              const std::string& column = "user_id", const std::string& also = "",
              std::vector<std::string> unless = {}) {
    return probe_of({.id = id,
                     .severity = severity,
                     .title = "{} " + what + " belong to users that are not here",
                     .explanation = std::move(explanation),
                     .table = table,
                     .object = "DISTINCT " + table + "." + column,
                     .parent = "users",
                     .match = "users.name = " + table + "." + column,
                     .also = also,
                     .walk = column,
                     .text = true,
                     .unless = std::move(unless)});
}

void logins(Probes& probes) {
    probes.push_back(of_user(Severity::error, "token-without-user", "access_tokens",
                             "access tokens",
                             "Requests with such a token end in an error of the server."));
    probes.push_back(of_user(Severity::warning, "refresh-token-without-user", "refresh_tokens",
                             "refresh tokens", "Left over; they are of no use.", "user_id"));
    probes.back().walk = Walk{"refresh_tokens", "id"};
    probes.back().sql = "SELECT t.id FROM refresh_tokens t WHERE " + in_range("t.id") +
                        " AND NOT EXISTS (SELECT FROM users u WHERE u.name = t.user_id)";
    probes.push_back(of_user(Severity::warning, "device-without-user", "devices", "devices",
                             "Other users are told of devices that nobody has."));
    probes.push_back(of_user(Severity::warning, "threepid-without-user", "user_threepids",
                             "e-mail addresses and phone numbers",
                             "Nobody else can take the address."));
    probes.push_back(of_user(Severity::warning, "external-id-without-user", "user_external_ids",
                             "identities of single sign-on",
                             "Whoever logs in by it gets an error."));
    probes.push_back(of_user(Severity::warning, "pusher-without-user", "pushers", "pushers",
                             "Notifications are worked out for nobody.", "user_name", "",
                             {"remove_deactivated_pushers", "remove_stale_pushers"}));
    probes.back().walk = Walk{"pushers", "id"};
    probes.back().sql = "SELECT p.id FROM pushers p WHERE " + in_range("p.id") +
                        " AND NOT EXISTS (SELECT FROM users u WHERE u.name = p.user_name)";
}

void settings(Probes& probes) {
    const char* left = "Left over.";
    probes.push_back(of_user(Severity::warning, "account-data-without-user", "account_data",
                             "rows of account_data", left));
    probes.push_back(of_user(Severity::warning, "room-account-data-without-user",
                             "room_account_data", "rows of room_account_data", left));
    probes.push_back(
        of_user(Severity::warning, "tag-without-user", "room_tags", "rows of room_tags", left));
    probes.push_back(of_user(Severity::warning, "push-rule-without-user", "push_rules",
                             "push rules", left, "user_name"));
    probes.push_back(of_user(Severity::warning, "push-rule-switch-without-user",
                             "push_rules_enable", "rows of push_rules_enable", left, "user_name"));
    probes.push_back(of_user(Severity::warning, "ignored-without-user", "ignored_users",
                             "rows of ignored_users", left, "ignorer_user_id"));
    probes.push_back(of_user(Severity::warning, "key-backup-without-user", "e2e_room_keys_versions",
                             "key backups", left));
    probes.push_back(of_user(Severity::info, "monthly-user-without-user", "monthly_active_users",
                             "rows of monthly_active_users", left));
    probes.push_back(of_user(Severity::info, "erased-without-user", "erased_users",
                             "rows of erased_users", left));
    probes.push_back(of_user(Severity::warning, "rate-limit-without-user", "ratelimit_override",
                             "rows of ratelimit_override", left));
    probes.push_back(
        probe_of({.id = "room-account-data-without-room",
                  .severity = Severity::info,
                  .title = "{} rows of room_account_data are of rooms that are not here",
                  .explanation = "Left over from rooms that were deleted.",
                  .table = "room_account_data",
                  .object = "room_account_data.user_id || ' ' || room_account_data.room_id",
                  .parent = "rooms",
                  .match = "rooms.room_id = room_account_data.room_id",
                  .walk = "user_id",
                  .text = true}));
    probes.push_back(
        {.id = "filter-without-user",
         .severity = Severity::warning,
         .title = "{} filters belong to users that are not here",
         .explanation = left,
         .fix = synschema::delete_rows("user_filters",
                                       "NOT EXISTS (SELECT FROM users u WHERE u.name = "
                                       "user_filters.full_user_id)"),
         .tables = {"user_filters", "users"},
         .columns = {"user_filters.full_user_id"},
         .unless = {"populate_full_user_id_user_filters"},
         .walk = Walk{"user_filters", "user_id", true},
         .sql = "SELECT DISTINCT f.full_user_id FROM user_filters f WHERE " +
                in_range("f.user_id") +
                " AND NOT EXISTS (SELECT FROM users u WHERE u.name = f.full_user_id)"});
    probes.push_back(
        {.id = "user-without-profile",
         .severity = Severity::info,
         .title = "{} users have no row in profiles",
         .explanation = "Their name and picture are empty, and others do not find them.",
         .fix = {"", "let the user set a name", true},
         .tables = {"users", "profiles"},
         .walk = Walk{"users", "name", true},
         .sql = "SELECT u.name FROM users u WHERE " + in_range("u.name") +
                " AND u.deactivated = 0 AND u.appservice_id IS NULL AND NOT EXISTS (SELECT FROM "
                "profiles p WHERE p.user_id = substr(split_part(u.name, ':', 1), 2))"});
    probes.push_back(
        {.id = "profile-without-user",
         .severity = Severity::info,
         .title = "{} profiles belong to users that are not here",
         .explanation = "Application services may leave the profile of their own user so.",
         .fix = synschema::delete_rows(
             "profiles", "NOT EXISTS (SELECT FROM users u WHERE u.name = profiles.full_user_id)"),
         .tables = {"profiles", "users"},
         .columns = {"profiles.full_user_id"},
         .unless = {"populate_full_user_id_profiles"},
         .walk = Walk{"profiles", "user_id", true},
         .sql = "SELECT p.full_user_id FROM profiles p WHERE " + in_range("p.user_id") +
                " AND NOT EXISTS (SELECT FROM users u WHERE u.name = p.full_user_id)"});
}

void names(Probes& probes) {
    const Walk users{"users", "name", true};
    probes.push_back(
        {.id = "user-id-malformed",
         .severity = Severity::error,
         .title = "{} rows of users have a name that is no user id",
         .explanation = "A user id is @localpart:server. Whoever meets this one fails.",
         .fix = {"", "look where the row came from; Synapse writes no such name", false},
         .tables = {"users"},
         .walk = users,
         .sql = "SELECT name FROM users WHERE " + in_range("name") + " AND name !~ '^@[^:]*:.+'"});
    probes.push_back(
        {.id = "deactivated-with-token",
         .severity = Severity::warning,
         .title = "{} deactivated users still have access tokens",
         .explanation = "Who holds such a token gets an error now, and access if the user is "
                        "activated again.",
         .fix = synschema::delete_rows("access_tokens",
                                       "user_id IN (SELECT name FROM users WHERE deactivated = 1)"),
         .tables = {"users", "access_tokens", "users_pending_deactivation"},
         .unless = {"users_set_deactivated_flag"},
         .walk = users,
         .sql = "SELECT u.name FROM users u WHERE " + in_range("u.name") +
                " AND u.deactivated = 1 AND EXISTS (SELECT FROM access_tokens t WHERE t.user_id = "
                "u.name) AND NOT EXISTS (SELECT FROM users_pending_deactivation p WHERE p.user_id "
                "= u.name)"});
    probes.push_back(
        {.id = "deactivated-with-device",
         .severity = Severity::info,
         .title = "{} deactivated users still have devices",
         .explanation = "Others may still encrypt for these devices.",
         .fix = {"", "deactivate the user again through the admin API", true},
         .tables = {"users", "devices", "users_pending_deactivation"},
         .unless = {"users_set_deactivated_flag"},
         .walk = users,
         .sql = "SELECT u.name FROM users u WHERE " + in_range("u.name") +
                " AND u.deactivated = 1 AND EXISTS (SELECT FROM devices d WHERE d.user_id = u.name "
                "AND NOT d.hidden) AND NOT EXISTS (SELECT FROM users_pending_deactivation p WHERE "
                "p.user_id = u.name)"});
    probes.push_back(
        {.id = "deactivated-in-rooms",
         .severity = Severity::info,
         .title = "{} deactivated users are still in rooms",
         .explanation = "Leaving the rooms failed, or was cut short.",
         .fix = {"", "deactivate the user again through the admin API", true},
         .tables = {"users", "local_current_membership", "users_pending_deactivation"},
         .unless = {"users_set_deactivated_flag"},
         .walk = users,
         .sql = "SELECT u.name FROM users u WHERE " + in_range("u.name") +
                " AND u.deactivated = 1 AND EXISTS (SELECT FROM local_current_membership m WHERE "
                "m.user_id = u.name AND m.membership = 'join') AND NOT EXISTS (SELECT FROM "
                "users_pending_deactivation p WHERE p.user_id = u.name)"});
}

}  // namespace

void add_user_probes(Probes& probes) {
    names(probes);
    logins(probes);
    settings(probes);
}

}  // namespace aksono::datacheck
