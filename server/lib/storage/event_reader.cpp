// SPDX-License-Identifier: Apache-2.0
#include "storage/event_reader.h"

#include "base/ids.h"
#include "base/json_scan.h"
#include "crypto/redaction.h"
#include "storage/redaction_target.h"

#include <algorithm>
#include <unordered_set>

namespace aksono::storage {

namespace {

constexpr pg::Statement kEventsById{
    "events_by_id",
    "SELECT e.event_id, e.room_id, e.type, e.sender, e.state_key, e.stream_ordering,"
    "       e.topological_ordering, e.origin_server_ts, e.outlier, e.contains_url,"
    "       e.instance_name, v.room_version, j.json, j.internal_metadata,"
    "       (e.rejection_reason IS NOT NULL"
    "        OR EXISTS (SELECT FROM rejections x WHERE x.event_id = e.event_id)),"
    "       (SELECT array_agg(d.event_id ORDER BY d.received_ts, d.event_id)"
    "          FROM redactions d WHERE d.redacts = e.event_id)"
    "  FROM unnest($1::text[]) AS wanted(event_id)"
    "  JOIN events e ON e.event_id = wanted.event_id"
    "  JOIN event_json j ON j.event_id = e.event_id"
    "  LEFT JOIN rooms v ON v.room_id = e.room_id"};

/// `recheck` says that the redaction was let in without knowing that its sender may redact: then it
/// stands only where both senders are of one server.
constexpr pg::Statement kUncheckedRedactions{
    "events_unchecked_redactions",
    "SELECT event_id FROM redactions WHERE event_id = ANY($1::text[]) AND recheck"};

constexpr std::string_view kRedaction = "m.room.redaction";

void read_unsigned(Event& event) {
    const auto text = event.member("unsigned");
    if (text.empty()) return;
    auto parsed = parse_json(text);
    if (!parsed || !parsed->is_object()) return;
    Json& all = *parsed;
    if (const auto* age = find_member(all, "age_ts"); age != nullptr && age->is_number_integer()) {
        event.age_ts = age->get<Millis>();
    }
    if (const auto* replaced = find_string(all, "replaces_state")) event.replaces_state = *replaced;
    all.erase("age_ts");
    all.erase("replaces_state");
    if (!all.empty()) event.other_unsigned = std::move(all);
}

void read_internal_metadata(Event& event, std::string_view text) {
    const auto parsed = parse_json(text);
    if (!parsed) return;
    if (const auto* txn = find_string(*parsed, "txn_id")) event.txn_id = *txn;
    if (const auto* device = find_string(*parsed, "device_id")) event.device_id = *device;
    if (const auto* token = find_member(*parsed, "token_id"); token && token->is_number_integer()) {
        event.token_id = token->get<std::int64_t>();
    }
    const auto* soft_failed = find_member(*parsed, "soft_failed");
    event.soft_failed =
        soft_failed != nullptr && soft_failed->is_boolean() && soft_failed->get<bool>();
    const auto* recheck = find_member(*parsed, "recheck_redaction");
    event.unchecked_redaction = recheck != nullptr && recheck->is_boolean() && recheck->get<bool>();
}

/// What is left of `event`. Who reads it still learns its age and what it replaced.
void prune(Event& event) {
    const auto* version = crypto::find_room_version(event.room_version);
    if (version == nullptr) version = crypto::find_room_version("1");
    Json pruned = crypto::redact_event(*version, event.parsed());
    Json kept = Json::object();
    if (event.age_ts) kept["age_ts"] = *event.age_ts;
    if (event.replaces_state) kept["replaces_state"] = *event.replaces_state;
    pruned["unsigned"] = std::move(kept);
    event.json = dump_json(pruned);
    event.other_unsigned = nullptr;
}

}  // namespace

struct EventReader::Loaded {
    std::shared_ptr<Event> event;
    std::vector<std::string> redactions;  // ids, earliest first
};

/// Redactions of some events, to choose from.
struct EventReader::Redactions {
    std::unordered_map<std::string, Loaded> by_id;
    std::unordered_set<std::string> unchecked;

    /// The earliest that counts; nullptr when `one` is not redacted.
    [[nodiscard]] std::shared_ptr<Event> valid_for(const Loaded& one) const {
        for (const auto& id : one.redactions) {
            const auto it = by_id.find(id);
            if (it == by_id.end()) continue;
            const Event& because = *it->second.event;
            if (because.rejected || because.room_id != one.event->room_id) continue;
            if (unchecked.contains(id) &&
                server_of(because.sender) != server_of(one.event->sender)) {
                continue;
            }
            return it->second.event;
        }
        return nullptr;
    }
};

EventReader::Redactions EventReader::fetch_redactions(pg::Transaction& tx,
                                                      const std::vector<Loaded>& events) {
    Redactions found;
    std::vector<std::string> ids;
    for (const auto& one : events)
        ids.insert(ids.end(), one.redactions.begin(), one.redactions.end());
    if (ids.empty()) return found;
    for (auto& one : fetch(tx, ids)) {
        auto id = one.event->id;
        found.by_id.emplace(std::move(id), std::move(one));
    }
    for (const auto& row : tx.query(kUncheckedRedactions, ids))
        found.unchecked.insert(row.text(0));
    return found;
}

std::vector<EventReader::Loaded> EventReader::fetch(pg::Transaction& tx,
                                                    const std::vector<std::string>& ids) {
    std::vector<Loaded> loaded;
    const auto rows = tx.query(kEventsById, ids);
    loaded.reserve(rows.size());
    for (const auto& row : rows) {
        auto event = std::make_shared<Event>();
        event->id = row.text(0);
        event->room_id = row.text(1);
        event->type = row.text(2);
        event->sender = row.maybe_text(3).value_or("");
        event->state_key = row.maybe_text(4);
        event->stream_ordering = row.maybe_integer(5).value_or(0);
        event->topological_ordering = row.integer(6);
        event->origin_server_ts = row.maybe_integer(7).value_or(0);
        event->outlier = row.boolean(8);
        event->contains_url = row.maybe_boolean(9).value_or(false);
        event->instance_name = row.maybe_text(10).value_or("master");
        event->room_version = row.maybe_text(11).value_or("");
        event->json = row.text(12);
        read_internal_metadata(*event, row.view(13));
        event->rejected = row.boolean(14);
        read_unsigned(*event);
        Loaded one{std::move(event), {}};
        if (!row.is_null(15)) one.redactions = row.texts(15);
        loaded.push_back(std::move(one));
    }
    return loaded;
}

void EventReader::drop_void_redactions(pg::Transaction& tx, std::vector<Loaded>& loaded) {
    std::unordered_map<std::string, std::string> target_of;
    std::vector<std::string> wanted;
    for (const auto& one : loaded) {
        if (one.event->type != kRedaction) continue;
        auto id = redacted_id(*one.event);
        wanted.push_back(id);
        target_of.emplace(one.event->id, std::move(id));
    }
    if (wanted.empty()) return;
    const auto targets = redaction_targets(tx, wanted);
    std::erase_if(loaded, [&](const auto& one) {
        if (one.event->type != kRedaction) return false;
        const auto target = targets.find(target_of.at(one.event->id));
        return !redaction_shows(*one.event, target == targets.end() ? nullptr : &target->second);
    });
}

EventMap EventReader::load(pg::Transaction& tx, const std::vector<std::string>& ids) {
    EventMap found;
    found.reserve(ids.size());
    std::unordered_set<std::string> missing;
    for (const auto& id : ids) {
        if (found.contains(id) || missing.contains(id)) continue;
        if (auto cached = cache_.get(id)) {
            found.emplace(id, std::move(*cached));
        } else {
            missing.insert(id);
        }
    }
    if (missing.empty()) return found;
    const auto generation = cache_.generation();
    auto loaded = fetch(tx, {missing.begin(), missing.end()});
    drop_void_redactions(tx, loaded);

    const auto redactions = fetch_redactions(tx, loaded);
    // A redaction that was redacted still counts, but is shown without what it said.
    std::vector<Loaded> all;
    for (const auto& [id, one] : redactions.by_id)
        all.push_back(one);
    const auto further = fetch_redactions(tx, all);
    for (const auto& one : all) {
        if (further.valid_for(one)) prune(*one.event);
    }
    for (auto& one : loaded) {
        Event& event = *one.event;
        if (auto because = redactions.valid_for(one)) {
            event.redacted_because = std::move(because);
            prune(event);
        }
        cache_.put(event.id, one.event, generation);
        found.emplace(event.id, one.event);
    }
    return found;
}

void EventReader::forget(const std::string& id) {
    const auto cached = cache_.get(id);
    if (cached && (*cached)->type == kRedaction) cache_.invalidate(redacted_id(**cached));
    cache_.invalidate(id);
}

EventPtr EventReader::load_one(pg::Transaction& tx, const std::string& id) {
    const auto found = load(tx, {id});
    const auto it = found.find(id);
    return it == found.end() ? nullptr : it->second;
}

}  // namespace aksono::storage
