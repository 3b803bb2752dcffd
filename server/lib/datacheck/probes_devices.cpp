// SPDX-License-Identifier: Apache-2.0
#include "datacheck/dangling.h"
#include "datacheck/probes.h"
#include "synschema/fix.h"

namespace aksono::datacheck {

namespace {

using synschema::Severity;

/// Rows of `table` that belong to a device (user_id, device_id).
Probe of_device(Severity severity, const std::string& id, const std::string& table,
                const std::string& what, std::string explanation, const std::string& also = "",
                std::vector<std::string> unless = {}) {
    return probe_of({.id = id,
                     .severity = severity,
                     .title = "{} " + what + " belong to devices that are not here",
                     .explanation = std::move(explanation),
                     .table = table,
                     .object = "DISTINCT " + table + ".user_id || ' ' || " + table + ".device_id",
                     .parent = "devices",
                     .match = "devices.user_id = " + table +
                              ".user_id AND devices.device_id = " + table + ".device_id",
                     .also = also,
                     .walk = "user_id",
                     .text = true,
                     .unless = std::move(unless)});
}

void keys(Probes& probes) {
    probes.push_back(of_device(Severity::warning, "device-keys-without-device",
                               "e2e_device_keys_json", "sets of device keys",
                               "Others encrypt for a device that nobody has."));
    probes.push_back(of_device(Severity::warning, "one-time-keys-without-device",
                               "e2e_one_time_keys_json", "one-time keys",
                               "Left over; a new device of that id would hand them out."));
    probes.push_back(of_device(Severity::warning, "fallback-keys-without-device",
                               "e2e_fallback_keys_json", "fallback keys",
                               "Left over; a new device of that id would hand them out."));
    probes.push_back(of_device(Severity::warning, "dehydrated-without-device", "dehydrated_devices",
                               "dehydrated devices", "They cannot be used."));
    probes.push_back(
        {.id = "cross-signing-without-device",
         .severity = Severity::warning,
         .title = "{} cross-signing keys of users here have no hidden device",
         .explanation = "A device could be given the key's id, and signatures of the key be taken "
                        "for its own.",
         .fix = {"", "let the user upload the cross-signing keys again", true},
         .tables = {"e2e_cross_signing_keys", "devices", "users"},
         .unless = {"e2e_cross_signing_keys_idx"},
         .walk = Walk{"e2e_cross_signing_keys", "user_id", true},
         .sql =
             "SELECT k.user_id || ' ' || k.keytype FROM e2e_cross_signing_keys k JOIN users u ON "
             "u.name = k.user_id WHERE " +
             in_range("k.user_id") +
             " AND NOT EXISTS (SELECT FROM devices d WHERE d.user_id = k.user_id AND "
             "strpos(k.keydata, d.device_id) > 0 AND d.hidden)"});
    probes.push_back(
        {.id = "cross-signing-without-user",
         .severity = Severity::warning,
         .title = "{} cross-signing keys belong to users that are not here",
         .explanation = "Left over.",
         .fix = synschema::delete_rows("e2e_cross_signing_keys",
                                       of_this_server("user_id") +
                                           " AND NOT EXISTS (SELECT FROM users u WHERE u.name = "
                                           "e2e_cross_signing_keys.user_id)"),
         .tables = {"e2e_cross_signing_keys", "users"},
         .walk = Walk{"e2e_cross_signing_keys", "user_id", true},
         .sql = "SELECT k.user_id || ' ' || k.keytype FROM e2e_cross_signing_keys k WHERE " +
                in_range("k.user_id") + " AND " + of_this_server("k.user_id") +
                " AND NOT EXISTS (SELECT FROM users u WHERE u.name = k.user_id)"});
    probes.push_back(
        probe_of({.id = "backup-keys-without-version",
                  .title = "{} users have keys in a key backup that is not there",
                  .explanation = "They take room and cannot be read.",
                  .table = "e2e_room_keys",
                  .object = "DISTINCT e2e_room_keys.user_id",
                  .parent = "e2e_room_keys_versions",
                  .match = "e2e_room_keys_versions.user_id = e2e_room_keys.user_id AND "
                           "e2e_room_keys_versions.version = e2e_room_keys.version",
                  .walk = "user_id",
                  .text = true}));
}

void logins(Probes& probes) {
    probes.push_back(of_device(Severity::warning, "token-without-device", "access_tokens",
                               "access tokens",
                               "Whoever uses one can send, and not read what is encrypted.",
                               "access_tokens.device_id IS NOT NULL"));
    auto refresh = of_device(Severity::warning, "refresh-token-without-device", "refresh_tokens",
                             "refresh tokens", "Left over; they are of no use.");
    refresh.walk = Walk{"refresh_tokens", "id"};
    refresh.sql = "SELECT t.id FROM refresh_tokens t WHERE " + in_range("t.id") +
                  " AND NOT EXISTS (SELECT FROM devices d WHERE d.user_id = t.user_id AND "
                  "d.device_id = t.device_id)";
    probes.push_back(std::move(refresh));
    probes.push_back(
        {.id = "device-hidden-in-use",
         .severity = Severity::warning,
         .title = "{} hidden devices have access tokens",
         .explanation = "Hidden are the entries of cross-signing keys, which nobody logs in from: "
                        "the user does not see this one, and cannot log it out.",
         .fix = synschema::update_rows("devices", "hidden = false",
                                       "hidden AND EXISTS (SELECT FROM access_tokens t WHERE "
                                       "t.user_id = devices.user_id AND t.device_id = "
                                       "devices.device_id)"),
         .tables = {"devices", "access_tokens"},
         .walk = Walk{"devices", "user_id", true},
         .sql = "SELECT d.user_id || ' ' || d.device_id FROM devices d WHERE " +
                in_range("d.user_id") +
                " AND d.hidden AND EXISTS (SELECT FROM access_tokens t WHERE t.user_id = d.user_id "
                "AND t.device_id = d.device_id)"});
    probes.push_back(
        {.id = "pusher-without-login",
         .severity = Severity::warning,
         .title = "{} pushers belong to sessions that have ended",
         .explanation = "Somebody gets notifications of an account from which the device was "
                        "logged out.",
         .fix = synschema::delete_rows("pushers",
                                       "device_id IS NOT NULL AND NOT EXISTS (SELECT FROM devices "
                                       "d WHERE d.user_id = pushers.user_name AND d.device_id = "
                                       "pushers.device_id)"),
         .tables = {"pushers", "devices"},
         .columns = {"pushers.device_id"},
         .unless = {"set_device_id_for_pushers", "remove_stale_pushers"},
         .walk = Walk{"pushers", "id"},
         .sql = "SELECT p.id FROM pushers p WHERE " + in_range("p.id") +
                " AND p.device_id IS NOT NULL AND NOT EXISTS (SELECT FROM devices d WHERE "
                "d.user_id = p.user_name AND d.device_id = p.device_id)"});
    probes.push_back(
        {.id = "pusher-without-token",
         .severity = Severity::warning,
         .title = "{} pushers belong to access tokens that are not there",
         .explanation = "Somebody gets notifications of an account from which the device was "
                        "logged out.",
         .fix = synschema::delete_rows("pushers",
                                       "access_token IS NOT NULL AND NOT EXISTS (SELECT FROM "
                                       "access_tokens t WHERE t.id = pushers.access_token)"),
         .tables = {"pushers", "access_tokens"},
         .unless = {"set_device_id_for_pushers", "remove_stale_pushers"},
         .walk = Walk{"pushers", "id"},
         .sql = "SELECT p.id FROM pushers p WHERE " + in_range("p.id") +
                " AND p.access_token IS NOT NULL AND NOT EXISTS (SELECT FROM access_tokens t WHERE "
                "t.id = p.access_token)"});
}

void inboxes(Probes& probes) {
    probes.push_back(of_device(
        Severity::info, "inbox-without-device", "device_inbox", "inboxes",
        "Messages that nobody will fetch take room.", "",
        {"remove_dead_devices_from_device_inbox", "remove_deleted_devices_from_device_inbox",
         "remove_hidden_devices_from_device_inbox"}));
    probes.push_back(
        {.id = "inbox-large",
         .severity = Severity::info,
         .title = "{} devices have over 1000 messages waiting in device_inbox",
         .explanation = "Devices that nobody uses any more collect them.",
         .fix = {"",
                 "delete stale devices through the admin API, or set delete_stale_devices_after",
                 true},
         .tables = {"device_inbox"},
         .walk = Walk{"device_inbox", "user_id", true},
         .sql = "SELECT user_id || ' ' || device_id FROM device_inbox WHERE " +
                in_range("user_id") + " GROUP BY user_id, device_id HAVING count(*) > 1000"});
    probes.push_back(
        {.id = "outbound-pokes-large",
         .severity = Severity::info,
         .title = "{} servers have over 10000 changes of devices waiting for them",
         .explanation = "Servers that do not answer any more collect them.",
         .fix = {"", "nothing needs to be done; Synapse prunes them for servers that are gone",
                 true},
         .tables = {"device_lists_outbound_pokes"},
         .walk = Walk{"device_lists_outbound_pokes", "destination", true},
         .sql = "SELECT destination FROM device_lists_outbound_pokes WHERE " +
                in_range("destination") +
                " AND NOT sent GROUP BY destination HAVING count(*) > 10000"});
}

}  // namespace

void add_device_probes(Probes& probes) {
    keys(probes);
    logins(probes);
    inboxes(probes);
}

}  // namespace aksono::datacheck
