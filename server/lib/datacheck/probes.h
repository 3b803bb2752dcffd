// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "datacheck/probe.h"

namespace aksono::datacheck {

/// Every question there is, in the order in which they are asked.
Probes all_probes();

// By what they are about; each adds its own.

/// events, event_json, state_events, rejections.
void add_event_probes(Probes& probes);
/// Columns that hold JSON.
void add_json_probes(Probes& probes);
/// What follows on what: event_edges and the extremities.
void add_graph_probes(Probes& probes);
/// event_auth and the index of auth chains.
void add_auth_probes(Probes& probes);
/// What refers to events: redactions, relations, search, notifications, receipts.
void add_relation_probes(Probes& probes);
/// state_groups, their edges and rows, and events' references to them.
void add_state_group_probes(Probes& probes);
/// current_state_events.
void add_current_state_probes(Probes& probes);
/// room_memberships and local_current_membership.
void add_membership_probes(Probes& probes);
/// rooms, aliases, statistics, the tables of sliding sync.
void add_room_probes(Probes& probes);
/// users, and what belongs to one.
void add_user_probes(Probes& probes);
/// devices, keys, sessions, inboxes.
void add_device_probes(Probes& probes);
/// Keys of other servers.
void add_server_key_probes(Probes& probes);
/// Positions, background updates, tasks, locks; rows of media.
void add_bookkeeping_probes(Probes& probes);

}  // namespace aksono::datacheck
