// SPDX-License-Identifier: Apache-2.0
#include "audit/event_proof.h"

#include "audit/digest.h"
#include "audit/event_rules.h"

#include <algorithm>

namespace aksono::audit {

namespace {

/// Rooms of old versions have depths beyond it, which are ordered as if they had this one.
constexpr std::int64_t kMaxDepth = (std::int64_t{1} << 53) - 1;

const std::string* signature_of(const Json& event, const std::string& server,
                                const std::string& key_id) {
    const Json* all = find_member(event, "signatures");
    const Json* own = all != nullptr ? find_member(*all, server) : nullptr;
    return own != nullptr ? find_string(*own, key_id) : nullptr;
}

bool is_signed(const WrittenEvent& event, int version, const std::string& server,
               const PublicKeys& keys) {
    const std::string text = signed_text(version, event.json);
    return std::ranges::any_of(keys, [&](const auto& key) {
        const std::string* signature = signature_of(event.json, server, key.first);
        const auto raw = signature != nullptr ? from_base64(*signature) : std::nullopt;
        return raw && ed25519_verify(text, *raw, key.second);
    });
}

void judge_hashes(const WrittenEvent& event, int version, Flaws& flaws) {
    const Json* hashes = find_member(event.json, "hashes");
    const std::string* hash = hashes != nullptr ? find_string(*hashes, "sha256") : nullptr;
    const std::string found = hash != nullptr ? *hash : "nothing";
    const std::string wanted = content_hash(event.json);
    if (!event.pruned && found != wanted) {
        flaws.push_back({"audit-content-hash", "hashes.sha256 is " + found + ", not " + wanted});
    }
    const std::string id = event_id(version, event.json);
    if (id != event.event_id) flaws.push_back({"audit-event-id", "by its content it is " + id});
}

void judge_signature(const WrittenEvent& event, int version, const std::string& server_name,
                     const PublicKeys& keys, Flaws& flaws) {
    const bool own = event.sender.ends_with(":" + server_name);
    if (!own || keys.empty() || is_signed(event, version, server_name, keys)) return;
    flaws.push_back({"audit-signature", "none of " + server_name + "'s signatures is valid"});
}

void expect(const char* column, const std::string& is, const std::string& wanted, Flaws& flaws) {
    if (is != wanted) {
        flaws.push_back(
            {"audit-columns", std::string(column) + " is " + is + ", the JSON says " + wanted});
    }
}

std::string shown(const std::optional<std::string>& text) {
    return text ? "'" + *text + "'" : "null";
}

std::string integer_of(const Json& json, const char* member) {
    const Json* value = find_member(json, member);
    if (value == nullptr || !value->is_number_integer()) return "0";
    return std::to_string(value->get<std::int64_t>());
}

void judge_columns(const WrittenEvent& event, const Fact& fact, Flaws& flaws) {
    expect("events.type", event.type, fact.type, flaws);
    expect("events.sender", event.sender, fact.sender, flaws);
    expect("events.state_key", shown(event.state_key), shown(fact.state_key), flaws);
    expect("state_events.state_key", shown(event.in_state_rows), shown(fact.state_key), flaws);
    expect("events.origin_server_ts", std::to_string(event.origin_server_ts),
           integer_of(event.json, "origin_server_ts"), flaws);
    const std::string depth = integer_of(event.json, "depth");
    expect("events.depth", std::to_string(event.depth), depth, flaws);
    if (event.topological_ordering != event.depth && event.depth <= kMaxDepth) {
        flaws.push_back({"audit-columns", "topological_ordering is not the depth"});
    }
    if (fact.type != "m.room.member" || event.rejected || !fact.state_key) return;
    const std::string* membership = find_string(fact.content, "membership");
    expect("room_memberships.membership", shown(event.member_row),
           membership != nullptr ? shown(*membership) : "null", flaws);
}

std::string joined(const std::vector<std::string>& ids) {
    std::string text;
    for (const auto& id : ids)
        text += (text.empty() ? "" : ", ") + id;
    return text.empty() ? "none" : text;
}

void judge_edges(const WrittenEvent& event, const Fact& fact, int version, Flaws& flaws) {
    if (!event.outlier && event.edge_rows != fact.prev_events) {
        flaws.push_back({"audit-edges", "event_edges has " + joined(event.edge_rows) +
                                            ", the JSON says " + joined(fact.prev_events)});
    }
    auto wanted = references(version, event.json, "auth_events");
    if (!fact.state_key || event.rejected) return;
    // From version 12 on the room's id stands for its create event.
    if (version >= 12 && fact.type != "m.room.create") {
        wanted.push_back("$" + event.room_id.substr(1));
        std::ranges::sort(wanted);
    }
    if (event.auth_rows != wanted) {
        flaws.push_back({"audit-edges", "event_auth has " + joined(event.auth_rows) +
                                            ", the JSON says " + joined(wanted)});
    }
}

}  // namespace

Flaws flaws_of_event(const WrittenEvent& event, int version, const std::string& server_name,
                     const PublicKeys& keys) {
    if (!event.json.is_object()) return {{"audit-columns", "event_json has no JSON object for it"}};
    Flaws flaws;
    const Fact fact = fact_of(event, version);
    judge_hashes(event, version, flaws);
    judge_signature(event, version, server_name, keys, flaws);
    judge_columns(event, fact, flaws);
    judge_edges(event, fact, version, flaws);
    return flaws;
}

}  // namespace aksono::audit
