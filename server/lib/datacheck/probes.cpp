// SPDX-License-Identifier: Apache-2.0
#include "datacheck/probes.h"

namespace aksono::datacheck {

Probes all_probes() {
    Probes probes;
    add_event_probes(probes);
    add_json_probes(probes);
    add_graph_probes(probes);
    add_auth_probes(probes);
    add_relation_probes(probes);
    add_state_group_probes(probes);
    add_current_state_probes(probes);
    add_membership_probes(probes);
    add_room_probes(probes);
    add_user_probes(probes);
    add_device_probes(probes);
    add_server_key_probes(probes);
    add_bookkeeping_probes(probes);
    return probes;
}

}  // namespace aksono::datacheck
