// SPDX-License-Identifier: Apache-2.0
#include "base/json_scan.h"
#include "sync/event_serializer.h"

namespace aksono::sync {

using storage::Event;
using storage::EventPtr;

namespace {

/// Edits and annotations are never themselves shown with relations, nor is state.
bool can_have_relations(const Event& event) {
    if (event.is_state()) return false;
    if (event.json.find("m.relates_to") == std::string::npos) return true;
    const Json content = event.content();
    const auto* relation = find_member(content, "m.relates_to");
    const auto* type = relation == nullptr ? nullptr : find_string(*relation, "rel_type");
    return type == nullptr || (*type != "m.replace" && *type != "m.annotation");
}

std::vector<std::string> replaced_ids(const std::vector<EventPtr>& events) {
    std::vector<std::string> ids;
    for (const auto& event : events) {
        if (event->in_timeline && event->replaces_state) ids.push_back(*event->replaces_state);
    }
    return ids;
}

}  // namespace

void EventExtras::load(pg::Transaction& tx, storage::EventReader& reader,
                       const std::vector<EventPtr>& shown, const std::vector<EventPtr>& aggregated,
                       const std::string& viewer) {
    auto wanted = replaced_ids(shown);
    std::vector<std::string> roots;
    for (const auto& event : aggregated) {
        if (can_have_relations(*event)) roots.push_back(event->id);
    }
    relations = storage::relations_of(tx, roots, viewer);

    std::vector<std::string> latest;
    for (const auto& [root, thread] : relations.threads)
        latest.push_back(thread.latest_event_id);
    if (!latest.empty()) {
        auto nested = storage::relations_of(tx, latest, viewer);
        relations.edits.merge(nested.edits);
        relations.references.merge(nested.references);
    }
    wanted.insert(wanted.end(), latest.begin(), latest.end());
    for (const auto& [event, edit] : relations.edits)
        wanted.push_back(edit);
    auto loaded = reader.load(tx, wanted);
    events.merge(loaded);
}

}  // namespace aksono::sync
