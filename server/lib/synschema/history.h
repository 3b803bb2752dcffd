// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "synschema/background_updates.h"
#include "synschema/store.h"

namespace aksono::synschema {

/// A row that a delta puts into background_updates.
struct QueuedUpdate {
    std::string name;
    std::string progress = "{}";
    std::string depends_on;  ///< empty: nothing
    std::int64_t ordering = 0;
    bool operator==(const QueuedUpdate&) const = default;
};

/// A row that a delta puts into scheduled_tasks.
struct QueuedTask {
    std::string id;
    std::string action;
    std::string status;
};

/// One file of Synapse's schema deltas, as seen at work on databases that Synapse made.
struct Delta {
    std::string file;                   ///< "94/01_redactions_recheck.sql"
    Store store = Store::main;          ///< whose folder it is in
    std::vector<OrderedJson> changes;   ///< JSON merge patches (RFC 7396) of the shape
    std::vector<QueuedUpdate> queues;   ///< in the order of work
    std::vector<std::string> unqueues;  ///< rows that it takes out of background_updates
    std::vector<QueuedTask> tasks;
    bool past = false;  ///< shipped by some releases only; what it makes was made otherwise later
    /// Put into its folder only by releases of the next version: catalogue/shipped.json.
    bool late = false;
    bool only_then = false;  ///< of the past, and shipped by the last release of its version

    /// Whether the last release of this schema version brings it along.
    [[nodiscard]] bool is_shipped_at(int version) const;

    // What no empty database shows: catalogue/by_hand.json.
    std::vector<std::string> before;      ///< SQL on rows, before the shape changes
    std::vector<std::string> after;       ///< and afterwards; {server_name} is a literal
    std::vector<std::string> needs_done;  ///< background updates that must not be queued any more
    std::vector<std::string> finishes;    ///< SQL that does those at once; empty: not known here
    bool keeps_queued = false;            ///< an update that is queued already stays as it is
    bool not_by_us = false;               ///< what it does to rows is not written down here
};

/// How Synapse's schema came to be what it is: the full schema of version 54, and what each file
/// since then changed. Databases that Synapse made new with the full schema of version 72 are the
/// same as those that went through the files (compared with real ones of both kinds).
class History {
public:
    History();  ///< as built into the program

    /// In the order in which Synapse applies them, those of the past after the others of their
    /// version.
    [[nodiscard]] const std::vector<Delta>& deltas() const { return deltas_; }
    [[nodiscard]] const Delta* find(const std::string& file) const;

    /// What a database is after these files and all background updates that they queue; `changes`
    /// of files that are not known are none.
    [[nodiscard]] Schema shape_after(const std::set<std::string>& files) const;

private:
    OrderedJson base_;
    std::vector<Delta> deltas_;
    std::map<std::string, KnownUpdate> updates_;
};

/// The highest version of a full schema that a database can have begun with, so that files up to it
/// have left no rows: 54 or 72, by the oldest row of applied_schema_deltas.
int full_schema_of(const Bookkeeping& books);

/// Files that a database has had: those with a row, and those that its full schema contains.
std::set<std::string> files_of(const Bookkeeping& books, const History& history);

}  // namespace aksono::synschema
