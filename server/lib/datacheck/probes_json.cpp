// SPDX-License-Identifier: Apache-2.0
#include "datacheck/dangling.h"
#include "datacheck/probes.h"

namespace aksono::datacheck {

namespace {

using synschema::Severity;

/// A column that holds JSON as text.
struct Texts {
    std::string id;
    std::string title;
    std::string explanation;
    std::string advice;
    std::string table;
    std::string column;
    std::string key;  ///< that names the row, with an index
    std::string kind = "object";
    Severity severity = Severity::error;
    bool text_key = true;
};

/// What is JSON of another kind is found by the statement; at what is none the statement fails, and
/// the key at which it does is the answer.
Probe probe_of(const Texts& texts) {
    const auto wrong =
        "json_typeof(" + texts.column + "::json) IS DISTINCT FROM '" + texts.kind + "'";
    return {.id = texts.id,
            .severity = texts.severity,
            .title = texts.title,
            .explanation = texts.explanation,
            .fix = {"", texts.advice, false},
            .tables = {texts.table},
            .columns = {texts.table + "." + texts.column},
            .walk = Walk{texts.table, texts.key, texts.text_key},
            .sql = "SELECT DISTINCT " + texts.key + " FROM " + texts.table + " WHERE " +
                   in_range(texts.key) + " AND " + wrong,
            .failing_is_wrong = true};
}

Probe events() {
    auto probe = probe_of({"event-json-broken", "{} rows of event_json do not hold a JSON object",
                           "Reading the event fails, and with it what reads others beside.",
                           "get them back from a backup", "event_json", "json", "event_id"});
    probe.sql += " OR " + in_range("event_id") +
                 " AND json_typeof(internal_metadata::json) IS DISTINCT FROM 'object'";
    return probe;
}

void keys(Probes& probes) {
    const char* again = "let the user log out of the device and in again";
    probes.push_back(
        probe_of({"device-keys-broken", "{} users have device keys that are no JSON object",
                  "Asking for the keys of the user fails.", again, "e2e_device_keys_json",
                  "key_json", "user_id"}));
    probes.push_back(
        probe_of({"one-time-key-broken", "{} users have one-time keys that are no JSON",
                  "Whoever claims such a key gets an error.", again, "e2e_one_time_keys_json",
                  "key_json", "user_id"}));
    probes.back().sql = "SELECT DISTINCT user_id FROM e2e_one_time_keys_json WHERE " +
                        in_range("user_id") + " AND key_json::json IS NULL";
    probes.push_back(probe_of({"cross-signing-key-broken",
                               "{} users have cross-signing keys that are no JSON object",
                               "Asking for the keys of the user fails.",
                               "let the user upload the cross-signing keys again",
                               "e2e_cross_signing_keys", "keydata", "user_id"}));
    probes.back().unless = {"e2e_cross_signing_keys_idx"};
    probes.push_back(
        probe_of({"inbox-broken", "{} users have messages in device_inbox that are no JSON object",
                  "The device's sync fails until they are gone.",
                  "look at the rows of device_inbox, put them aside and delete them",
                  "device_inbox", "message_json", "user_id"}));
}

void settings(Probes& probes) {
    const char* set = "let the user set it again, or get the row back from a backup";
    const char* fails = "The user's sync fails.";
    probes.push_back(
        probe_of({"account-data-broken", "{} users have account data that is no JSON object", fails,
                  set, "account_data", "content", "user_id"}));
    probes.push_back(probe_of({"room-account-data-broken",
                               "{} users have account data of rooms that is no JSON object", fails,
                               set, "room_account_data", "content", "user_id"}));
    probes.push_back(probe_of({"tag-broken", "{} users have tags of rooms that are no JSON object",
                               fails, set, "room_tags", "content", "user_id"}));
    probes.push_back(probe_of({"push-rule-broken", "{} users have push rules that are no JSON",
                               "Neither the user's sync nor the messages of rooms that the user is "
                               "in get through.",
                               set, "push_rules", "conditions", "user_name", "array"}));
    probes.back().columns.push_back("push_rules.actions");
    probes.back().sql +=
        " OR " + in_range("user_name") + " AND json_typeof(actions::json) IS DISTINCT FROM 'array'";
    probes.push_back(
        probe_of({"receipt-broken", "{} receipts hold data that is no JSON object",
                  "The sync of everybody in the room fails.",
                  "put the rows of receipts_linearized aside and delete them",
                  "receipts_linearized", "data", "stream_id", "object", Severity::error, false}));
    probes.push_back(probe_of({"filter-broken", "{} users have filters that are no JSON object",
                               "A sync with the filter fails.",
                               "let the user log in again: clients make their filter anew",
                               "user_filters", "convert_from(filter_json, 'UTF8')", "user_id"}));
    probes.back().columns = {"user_filters.filter_json"};
}

}  // namespace

void add_json_probes(Probes& probes) {
    probes.push_back(events());
    keys(probes);
    settings(probes);
}

}  // namespace aksono::datacheck
