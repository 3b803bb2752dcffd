// SPDX-License-Identifier: Apache-2.0
#include "background/updates.h"

namespace aksono::background {

Updates all_updates() {
    Updates updates;
    add_receipt_updates(updates);
    add_chain_updates(updates);
    add_depth_updates(updates);
    add_event_edge_updates(updates);
    add_redaction_updates(updates);
    add_user_updates(updates);
    add_device_updates(updates);
    add_outbox_updates(updates);
    add_pusher_updates(updates);
    add_room_updates(updates);
    add_room_depth_updates(updates);
    add_member_updates(updates);
    add_media_updates(updates);
    add_old_event_updates(updates);
    add_directory_updates(updates);
    add_relation_updates(updates);
    add_sliding_sync_updates(updates);
    add_statistics_updates(updates);
    add_stream_ordering_updates(updates);
    add_state_updates(updates);
    return updates;
}

}  // namespace aksono::background
