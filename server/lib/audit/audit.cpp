// SPDX-License-Identifier: Apache-2.0
#include "audit/audit.h"

#include "audit/event_rules.h"
#include "audit/graph_proof.h"
#include "audit/state_proof.h"
#include "synschema/streams.h"

#include <set>

namespace aksono::audit {

namespace {

using synschema::Severity;

constexpr int kBatch = 500;         // events in one transaction
constexpr std::size_t kRooms = 20;  // rooms in one transaction
constexpr int kShown = 20;          // of one kind of finding; the rest is counted

const std::map<std::string, std::string>& meanings() {
    static const std::map<std::string, std::string> texts{
        {"audit-content-hash", "Other servers take an event with a wrong hash for a redacted one."},
        {"audit-event-id", "Other servers know the event by another id, so they never find it."},
        {"audit-signature", "Other servers refuse the event."},
        {"audit-auth-events", "Other servers may judge the event differently, or refuse it."},
        {"audit-not-allowed", "Other servers refuse the event, and all that rests on it."},
        {"audit-state", "The room is seen with another state from this event on."},
        {"audit-columns", "What clients are shown is read from columns in part."},
        {"audit-edges", "The room's history has gaps or leads astray."},
        {"audit-chain", "The auth difference comes out wrong, and with it the room's state."},
        {"audit-extremity", "New events are put in the wrong place."},
        {"audit-current-state", "Members, names and permissions are not what they should be."},
    };
    return texts;
}

std::int64_t mark(const std::map<std::string, std::int64_t>& marks, const std::string& sequence) {
    const auto it = marks.find(sequence);
    return it == marks.end() ? 0 : it->second;
}

/// Rows of a table whose id column lies within the span.
std::int64_t count_rows(pg::Transaction& tx, const synschema::IdColumn& column, std::int64_t after,
                        std::int64_t upto) {
    const std::string name(column.column);
    return tx
        .query_text("SELECT count(*) FROM " + std::string(column.table) + " WHERE " + name + " > " +
                    std::to_string(after) + " AND " + name + " <= " + std::to_string(upto))[0]
        .integer(0);
}

class Auditor {
public:
    Auditor(pg::Connection& connection, const synschema::Schema& schema, const Span& span)
        : connection_(connection), schema_(schema), span_(span) {}

    Audit run(const Progress& progress);

private:
    void count();
    std::int64_t judge_batch(std::int64_t after, std::int64_t upto);
    void judge_rooms();
    void note(const char* id, const std::string& object, const std::string& what);
    void tell_rest();

    template <class Work>
    auto read(Work work) {
        return connection_.in(pg::Isolation::repeatable_read_only, work);
    }

    pg::Connection& connection_;
    const synschema::Schema& schema_;
    const Span& span_;
    Audit result_;
    std::set<std::string> rooms_;
    std::map<std::string, std::int64_t> found_;  ///< by kind of finding
    std::int64_t open_ = 0;                      ///< events whose state before is not known
    std::int64_t strange_ = 0;                   ///< events of rooms of unknown versions
};

Audit Auditor::run(const Progress& progress) {
    count();
    const std::int64_t upto = mark(span_.upto, "events_stream_seq");
    const std::int64_t all = result_.rows["events"];
    for (std::int64_t after = mark(span_.after, "events_stream_seq"); after < upto;) {
        after = judge_batch(after, upto);
        progress(result_.events, all);
    }
    judge_rooms();
    tell_rest();
    return std::move(result_);
}

void Auditor::count() {
    read([&](pg::Transaction& tx) {
        for (const auto& use : synschema::sequence_uses()) {
            if (use.negative || use.stream == nullptr) continue;
            const auto after = mark(span_.after, use.sequence);
            const auto upto = mark(span_.upto, use.sequence);
            for (const auto& column : use.columns) {
                if (upto > after && schema_.tables.contains(column.table))
                    result_.rows[column.table] = count_rows(tx, column, after, upto);
            }
        }
    });
}

std::int64_t Auditor::judge_batch(std::int64_t after, std::int64_t upto) {
    return read([&](pg::Transaction& tx) {
        const auto events = read_written_events(tx, after, upto, kBatch);
        if (events.empty()) return upto;
        std::vector<Judged> judged;
        for (const auto& event : events) {
            rooms_.insert(event.room_id);
            const auto version = room_version_number(event.room_version);
            if (!version) {
                ++strange_;
                continue;
            }
            for (const auto& flaw : flaws_of_event(event, *version, span_.server_name, span_.keys))
                note(flaw.id, event.event_id, flaw.what);
            if (event.json.is_object()) judged.push_back({&event, *version});
        }
        const auto verdict = judge_by_state(tx, judged, span_.server_name);
        for (const auto& [event, flaws] : verdict.flaws) {
            for (const auto& flaw : flaws)
                note(flaw.id, event, flaw.what);
        }
        open_ += static_cast<std::int64_t>(verdict.open.size());
        const std::int64_t last = events.back().stream_ordering;
        for (const auto& [event, flaw] : flaws_of_chains(tx, after, last))
            note(flaw.id, event, flaw.what);
        result_.events += static_cast<std::int64_t>(events.size());
        return last;
    });
}

void Auditor::judge_rooms() {
    result_.rooms = static_cast<std::int64_t>(rooms_.size());
    const std::vector<std::string> rooms(rooms_.begin(), rooms_.end());
    for (std::size_t first = 0; first < rooms.size(); first += kRooms) {
        const auto last = std::min(rooms.size(), first + kRooms);
        const std::vector<std::string> some(rooms.begin() + static_cast<std::ptrdiff_t>(first),
                                            rooms.begin() + static_cast<std::ptrdiff_t>(last));
        read([&](pg::Transaction& tx) {
            for (const auto& [room, flaw] : flaws_of_rooms(tx, some))
                note(flaw.id, room, flaw.what);
        });
    }
}

void Auditor::note(const char* id, const std::string& object, const std::string& what) {
    if (++found_[id] > kShown) return;
    result_.findings.push_back({id,
                                Severity::error,
                                object,
                                object + ": " + what,
                                meanings().at(id),
                                {"", "keep the database as it is, and report it to Aksono", true}});
}

void Auditor::tell_rest() {
    for (const auto& [id, count] : found_) {
        if (count <= kShown) continue;
        result_.findings.push_back({id,
                                    Severity::error,
                                    std::to_string(count - kShown) + " more",
                                    std::to_string(count - kShown) + " more of " + id,
                                    meanings().at(id),
                                    {"", "see the others", true}});
    }
    if (open_ + strange_ == 0) return;
    result_.findings.push_back(
        {"audit-not-recomputed",
         Severity::info,
         "events",
         std::to_string(open_ + strange_) + " events could not be judged by the state before them",
         "They follow events that are not here, or a fork in a room of version 1, or their room's "
         "version is not known. Their hashes, ids and signatures were looked at.",
         {"", "nothing needs to be done", true}});
}

}  // namespace

Audit audit(pg::Connection& connection, const synschema::Schema& schema, const Span& span,
            const Progress& progress) {
    return Auditor(connection, schema, span).run(progress);
}

}  // namespace aksono::audit
