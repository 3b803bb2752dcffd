// SPDX-License-Identifier: Apache-2.0
#include "datacheck/signature_sample.h"

#include "crypto/event_hash.h"
#include "crypto/room_version.h"

#include <set>

namespace aksono::datacheck {

namespace {

using synschema::Findings;
using synschema::Severity;

// The newest hundred, and up to two hundred from all along the stream: of fifty events from each
// point on the first that is this server's own.
constexpr pg::Statement kSample{
    "datacheck_own_events",
    "WITH ends AS (SELECT min(stream_ordering) AS low, max(stream_ordering) AS high FROM events), "
    "picked AS (SELECT event_id FROM (SELECT event_id, sender FROM events ORDER BY stream_ordering "
    "DESC LIMIT 1000) e WHERE right(sender, length($1) + 1) = ':' || $1 LIMIT 100), spread AS "
    "(SELECT e.event_id FROM ends, generate_series(0, 199) n, LATERAL (SELECT event_id FROM "
    "(SELECT "
    "event_id, sender FROM events WHERE stream_ordering >= low + (high - low) * n / 200 ORDER BY "
    "stream_ordering LIMIT 50) o WHERE right(sender, length($1) + 1) = ':' || $1 LIMIT 1) e) "
    "SELECT e.event_id, coalesce(r.room_version, '1'), j.json, EXISTS (SELECT FROM redactions d "
    "WHERE d.redacts = e.event_id) FROM (SELECT event_id FROM picked UNION SELECT event_id FROM "
    "spread) s JOIN events e USING (event_id) JOIN event_json j USING (event_id) JOIN rooms r ON "
    "r.room_id = e.room_id"};

enum class Verdict { good, unknown_key, unsigned_by_us, broken, other_id, changed };

/// Whether `event` has a good signature by one of the keys, or why not; `key` is the one it names.
Verdict judge_signature(const crypto::RoomVersion& version, const Json& event,
                        const KnownKeys& keys, std::string& key) {
    const auto signatures = event.find("signatures");
    if (signatures == event.end() || !signatures->is_object()) return Verdict::unsigned_by_us;
    const auto ours = signatures->find(keys.server_name);
    if (ours == signatures->end() || !ours->is_object() || ours->empty())
        return Verdict::unsigned_by_us;
    bool known = false;
    for (const auto& [id, signature] : ours->items()) {
        key = id;
        for (const auto* set : {&keys.current, &keys.old}) {
            const auto it = set->find(id);
            if (it == set->end()) continue;
            known = true;
            if (crypto::verify_event_signature(version, event, keys.server_name, id, it->second))
                return Verdict::good;
        }
    }
    return known ? Verdict::broken : Verdict::unknown_key;
}

Verdict judge(const SampledEvent& sampled, const KnownKeys& keys, std::string& key) {
    const auto* version = crypto::find_room_version(sampled.room_version);
    if (version == nullptr) return Verdict::good;
    const auto event = Json::parse(sampled.json, nullptr, false);
    if (!event.is_object()) return Verdict::good;  // another question finds these
    if (version->format != crypto::EventFormat::v1 &&
        crypto::event_id(*version, event).str() != sampled.id) {
        return Verdict::other_id;
    }
    const auto verdict = judge_signature(*version, event, keys, key);
    if (verdict != Verdict::good) return verdict;
    return sampled.redacted || crypto::verify_content_hash(event) ? Verdict::good
                                                                  : Verdict::changed;
}

std::string joined(const std::set<std::string>& parts) {
    std::string out;
    int number = 0;
    for (const auto& part : parts) {
        if (++number > 5) return out + " and " + std::to_string(parts.size() - 5) + " more";
        out += (out.empty() ? "" : ", ") + part;
    }
    return out;
}

void add(Findings& findings, const char* id, Severity severity,
         const std::set<std::string>& objects, const std::string& summary, const char* why,
         const synschema::Fix& fix) {
    if (objects.empty()) return;
    findings.push_back({id, severity, joined(objects), summary, why, fix});
}

}  // namespace

Findings judge_signatures(const std::vector<SampledEvent>& events, const KnownKeys& keys) {
    std::map<Verdict, std::set<std::string>> found;
    std::set<std::string> strange;
    for (const auto& event : events) {
        std::string key;
        const auto verdict = judge(event, keys, key);
        found[verdict].insert(event.id);
        if (verdict == Verdict::unknown_key) strange.insert(key);
    }
    const auto of = [&](Verdict verdict) {
        return std::to_string(found[verdict].size()) + " of " + std::to_string(events.size()) +
               " sampled events of this server ";
    };
    const bool none_good = found[Verdict::good].empty() && found[Verdict::changed].empty();
    Findings findings;
    add(findings, "signing-key-unknown", none_good ? Severity::error : Severity::warning, strange,
        of(Verdict::unknown_key) + "are signed by keys that are not configured",
        none_good ? "This is not the signing key that the database was used with: other servers "
                    "take this one for somebody else who has its name."
                  : "Servers that do not know the key any more cannot check these events.",
        {"",
         none_good ? "put the file of signing_key_path back that was used until now"
                   : "name the public halves of the keys in old_signing_keys",
         true});
    add(findings, "signature-wrong", Severity::error, found[Verdict::broken],
        of(Verdict::broken) + "do not have the signature of the key that they name",
        "Either another key is configured under the same id, or the events were changed: other "
        "servers refuse them.",
        {"", "put the right signing key back; if it is, get the events from a backup", false});
    add(findings, "event-unsigned", Severity::warning, found[Verdict::unsigned_by_us],
        of(Verdict::unsigned_by_us) + "are not signed by it", "Other servers refuse them.",
        {"", "get the events from a backup", false});
    add(findings, "event-id-wrong", Severity::error, found[Verdict::other_id],
        of(Verdict::other_id) + "have another id than their content",
        "The content was changed, or is that of another event: other servers refuse it.",
        {"", "get the events from a backup", false});
    add(findings, "event-changed", Severity::warning, found[Verdict::changed],
        of(Verdict::changed) + "were changed after they were made",
        "Their hash says so. Other servers show them as redacted.",
        {"", "get the events from a backup", false});
    return findings;
}

Findings check_signatures(Session& session, const KnownKeys& keys) {
    std::vector<SampledEvent> events;
    const auto trouble = session.run([&](pg::Transaction& tx) {
        for (const auto row : tx.query(kSample, keys.server_name))
            events.push_back({row.text(0), row.text(1), row.text(2), row.boolean(3)});
    });
    if (trouble) throw std::runtime_error(trouble->why);
    return judge_signatures(events, keys);
}

}  // namespace aksono::datacheck
