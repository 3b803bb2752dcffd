// SPDX-License-Identifier: Apache-2.0
#include "storage/redaction_invalidations.h"

namespace aksono::storage {

std::vector<CacheInvalidation> redaction_invalidations(const EventWrite& event) {
    if (!event.redaction || !event.redaction->lost_relation) return {};
    const auto& [parent, rel_type, key] = *event.redaction->lost_relation;
    std::vector<CacheInvalidation> stale{{"get_relations_for_event", {event.room_id, parent}}};
    if (rel_type == "m.replace") {
        stale.push_back({"get_applicable_edit", {parent}});
    } else if (rel_type == "m.reference") {
        stale.push_back({"get_references_for_event", {parent}});
    } else if (rel_type == "m.thread") {
        stale.push_back({"get_thread_summary", {parent}});
        stale.push_back({"get_thread_participated", {parent}});
        stale.push_back({"get_threads", {event.room_id}});
    }
    for (auto& one : stale)
        one.instance = event.instance_name;
    return stale;
}

}  // namespace aksono::storage
