// SPDX-License-Identifier: Apache-2.0
#include "restore_fence.h"

#include "synschema/introspection.h"
#include "synschema/streams.h"

namespace aksono::migrate {

namespace {

using synschema::quote_literal;

/// Keys that were handed out after the dump would be handed out again, and who gets one twice
/// cannot decrypt (Matrix, client-server API, «One-time and fallback keys»). Devices see a count
/// of 0 and upload new ones.
FenceStep one_time_keys() {
    return {"one-time keys move to table aksono_restored_one_time_keys: devices upload new ones",
            "SELECT count(*) FROM e2e_one_time_keys_json",
            {"CREATE TABLE IF NOT EXISTS aksono_restored_one_time_keys "
             "(LIKE e2e_one_time_keys_json)",
             "INSERT INTO aksono_restored_one_time_keys SELECT * FROM e2e_one_time_keys_json",
             "DELETE FROM e2e_one_time_keys_json"}};
}

/// A device may have replaced and forgotten it since; one that is used is replaced soon.
FenceStep fallback_keys() {
    return {"fallback keys are marked as used: devices replace them",
            "SELECT count(*) FROM e2e_fallback_keys_json WHERE NOT used",
            {"UPDATE e2e_fallback_keys_json SET used = true WHERE NOT used"}};
}

/// Clients, application services and other servers have seen ids that this database does not know.
FenceStep sequences(const synschema::Schema& schema, std::int64_t margin) {
    FenceStep step{"sequences move on by " + std::to_string(margin), "", {}};
    for (const auto& use : synschema::sequence_uses()) {
        const auto sequence = schema.sequences.find(use.sequence);
        if (sequence == schema.sequences.end()) continue;
        step.statements.push_back("SELECT setval(" + quote_literal(use.sequence) + ", " +
                                  std::to_string(sequence->second.position() + margin) + ")");
    }
    step.count = "SELECT " + std::to_string(step.statements.size());
    return step;
}

/// What the service has seen under these numbers may be something else.
FenceStep transactions(std::int64_t margin) {
    return {
        "waiting transactions for application services get new numbers",
        "SELECT count(*) FROM application_services_txns",
        {"UPDATE application_services_txns SET txn_id = -txn_id",
         "UPDATE application_services_txns SET txn_id = " + std::to_string(margin) + " - txn_id",
         "SELECT setval('application_services_txn_id_seq', greatest((SELECT max(txn_id) FROM "
         "application_services_txns), (SELECT last_value FROM "
         "application_services_txn_id_seq)))"}};
}

std::string local_devices() {
    return "(SELECT user_id, min(device_id) AS device_id FROM devices WHERE NOT hidden GROUP BY "
           "user_id)";
}

/// Clients of this server ask again for the keys of each user.
FenceStep local_device_lists() {
    return {"users are said to have changed their devices, to clients here",
            "SELECT count(*) FROM " + local_devices() + " d",
            {"INSERT INTO device_lists_stream (stream_id, user_id, device_id, instance_name) "
             "SELECT nextval('device_lists_sequence'), user_id, device_id, 'master' FROM " +
             local_devices() + " d"}};
}

/// An update behind one that they do not know makes other servers fetch the whole list.
FenceStep outbound_device_lists(const std::string& server_name) {
    const auto rooms =
        "FROM " + local_devices() +
        " d JOIN current_state_events m ON m.type = 'm.room.member' AND m.state_key = d.user_id "
        "AND m.membership = 'join' WHERE EXISTS (SELECT FROM current_state_events o WHERE "
        "o.room_id = m.room_id AND o.type = 'm.room.member' AND o.membership = 'join' AND "
        "o.state_key NOT LIKE '%:' || " +
        quote_literal(server_name) + ")";
    return {"rooms with other servers in which users are said to have changed their devices",
            "SELECT count(*) " + rooms,
            {"INSERT INTO device_lists_changes_in_room (user_id, device_id, room_id, stream_id, "
             "converted_to_destinations, opentracing_context, instance_name, inserted_ts) "
             "SELECT d.user_id, d.device_id, m.room_id, nextval('device_lists_sequence'), false, "
             "'{}', 'master', (extract(epoch FROM now()) * 1000)::bigint " +
             rooms}};
}

/// What other servers told between the dump and now is lost.
FenceStep remote_device_lists() {
    return {"users of other servers whose devices are fetched again",
            "SELECT count(*) FROM device_lists_remote_extremeties",
            {"INSERT INTO device_lists_remote_resync (user_id, added_ts) SELECT user_id, "
             "(extract(epoch FROM now()) * 1000)::bigint FROM device_lists_remote_extremeties "
             "ON CONFLICT DO NOTHING"}};
}

}  // namespace

std::vector<FenceStep> fence_steps(const synschema::Schema& schema, synschema::Store store,
                                   const std::string& server_name, std::int64_t margin) {
    std::vector<FenceStep> steps{sequences(schema, margin)};
    if (store == synschema::Store::state) return steps;
    steps.push_back(one_time_keys());
    steps.push_back(fallback_keys());
    steps.push_back(transactions(margin));
    steps.push_back(local_device_lists());
    steps.push_back(outbound_device_lists(server_name));
    steps.push_back(remote_device_lists());
    return steps;
}

}  // namespace aksono::migrate
