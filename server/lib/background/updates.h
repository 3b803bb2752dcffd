// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "background/update.h"

namespace aksono::background {

/// Every update of rows that is built.
Updates all_updates();

// By what they are about, one file updates_<family>.cpp each.

/// Receipts that are there twice.
void add_receipt_updates(Updates& updates);
/// The cover of auth graphs by chains, and what rejected events need to be in it.
void add_chain_updates(Updates& updates);
/// Depths of events.
void add_depth_updates(Updates& updates);
/// What events refer to, and columns of events.
void add_event_edge_updates(Updates& updates);
/// Redactions and what they are about.
void add_redaction_updates(Updates& updates);
/// Users: who is deactivated, their ids, account data and key backups.
void add_user_updates(Updates& updates);
/// Devices: where they were last seen, what waits for them, signatures of their keys.
void add_device_updates(Updates& updates);
/// Messages to devices of other servers.
void add_outbox_updates(Updates& updates);
/// Who is told of new messages.
void add_pusher_updates(Updates& updates);
/// Rooms: what their state says of them.
void add_room_updates(Updates& updates);
/// The narrow column of room_depth.
void add_room_depth_updates(Updates& updates);
/// Members of rooms, receipts, auth events.
void add_member_updates(Updates& updates);
/// Media that are quarantined.
void add_media_updates(Updates& updates);
/// What schema versions up to 57 queued about events and their rooms.
void add_old_event_updates(Updates& updates);
/// The user directory.
void add_directory_updates(Updates& updates);
/// Relations between events, threads among them.
void add_relation_updates(Updates& updates);
/// The tables of sliding sync.
void add_sliding_sync_updates(Updates& updates);
/// Statistics of rooms and users.
void add_statistics_updates(Updates& updates);
/// The narrow column of events.
void add_stream_ordering_updates(Updates& updates);
/// State groups.
void add_state_updates(Updates& updates);

}  // namespace aksono::background
