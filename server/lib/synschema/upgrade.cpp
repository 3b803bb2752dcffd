// SPDX-License-Identifier: Apache-2.0
#include "synschema/upgrade.h"

#include "synschema/ddl.h"
#include "synschema/delta_status.h"
#include "synschema/introspection.h"
#include "synschema/schema_json.h"
#include "synschema/stream_ordering_swap.h"

#include <algorithm>

namespace aksono::synschema {

namespace {

constexpr int kOldestStart = 58;
constexpr const char* kSwap = "replace_stream_ordering_column";

std::string replaced(std::string text, const std::string& what, const std::string& by) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
    return text;
}

std::string queue_update(const QueuedUpdate& update, bool keeps_queued) {
    const auto after =
        update.depends_on.empty() ? std::string("NULL") : quote_literal(update.depends_on);
    return "INSERT INTO background_updates (update_name, progress_json, depends_on, ordering) "
           "VALUES (" +
           quote_literal(update.name) + ", " + quote_literal(update.progress) + ", " + after +
           ", " + std::to_string(update.ordering) + ") ON CONFLICT (update_name) DO " +
           (keeps_queued ? "NOTHING"
                         : "UPDATE SET progress_json = excluded.progress_json, depends_on = "
                           "excluded.depends_on, ordering = excluded.ordering");
}

std::string queue_task(const QueuedTask& task) {
    return "INSERT INTO scheduled_tasks (id, action, status, timestamp) VALUES (" +
           quote_literal(task.id) + ", " + quote_literal(task.action) + ", " +
           quote_literal(task.status) + ", (extract(epoch FROM now()) * 1000)::bigint)";
}

std::vector<std::string> books_of(const Delta& delta) {
    std::vector<std::string> out;
    for (const auto& name : delta.unqueues) {
        out.push_back("DELETE FROM background_updates WHERE update_name = " + quote_literal(name));
    }
    for (const auto& update : delta.queues)
        out.push_back(queue_update(update, delta.keeps_queued));
    for (const auto& task : delta.tasks)
        out.push_back(queue_task(task));
    out.push_back("INSERT INTO applied_schema_deltas (version, file) VALUES (" +
                  std::to_string(delta_version(delta.file)) + ", " + quote_literal(delta.file) +
                  ")");
    return out;
}

/// Files that wait, in the order of work.
std::vector<const Delta*> waiting(const LiveDatabase& live, const UpgradeOptions& options,
                                  const History& history) {
    std::set<std::string> applied;
    for (const auto& [version, file] : live.bookkeeping.applied_deltas)
        applied.insert(file);
    const int from = *live.bookkeeping.version;
    std::vector<const Delta*> out;
    for (const auto& delta : history.deltas()) {
        const int of = delta_version(delta.file);
        if (of < from || of > options.to || delta.past || applied.contains(delta.file)) continue;
        if (!concerns(delta.store, options.store)) continue;
        out.push_back(&delta);
    }
    return out;
}

/// A table that is there before the delta that makes it, if there is one.
std::optional<std::string> table_in_the_way(const LiveDatabase& live,
                                            const std::vector<const Delta*>& deltas,
                                            const History& history) {
    std::set<std::string> expected;
    const auto schema = history.shape_after(files_of(live.bookkeeping, history));
    for (const auto& [name, table] : schema.tables)
        expected.insert(name);
    for (const auto* delta : deltas) {
        for (const auto& patch : delta->changes) {
            const auto tables = patch.value("tables", OrderedJson::object());
            for (const auto& [name, table] : tables.items()) {
                if (table.is_null() || !expected.insert(name).second) continue;
                if (live.schema.tables.contains(name)) return name;
            }
        }
    }
    return std::nullopt;
}

/// Databases that no release since 1.37 has started on lack one of the books.
std::vector<std::string> make_compat_table(const LiveDatabase& live) {
    const std::string name = "schema_compat_version";
    if (live.schema.tables.contains(name)) return {};
    const auto schema = load_catalogue(kSchema).schema;
    const auto& table = schema.tables.at(name);
    std::vector<std::string> out{ddl::create_table(name, table, schema)};
    for (const auto& constraint : table.constraints)
        out.push_back(ddl::add_constraint(name, constraint));
    return out;
}

/// The books of Synapse, as it writes them at its start.
std::vector<std::string> version_statements(const LiveDatabase& live, int to) {
    const auto& books = live.bookkeeping;
    auto out = make_compat_table(live);
    if (books.version.value_or(0) < to || !books.upgraded) {
        out.push_back("DELETE FROM schema_version");
        out.push_back("INSERT INTO schema_version (version, upgraded) VALUES (" +
                      std::to_string(std::max(to, books.version.value_or(0))) + ", true)");
    }
    if (books.compat_version.value_or(0) < kCompatVersion) {
        out.push_back("DELETE FROM schema_compat_version");
        out.push_back("INSERT INTO schema_compat_version (compat_version) VALUES (" +
                      std::to_string(kCompatVersion) + ")");
    }
    return out;
}

/// The background update that `delta` wants done before it.
DeltaStep finish_update(const Delta& delta, OrderedJson& shape, const Catalogue& texts) {
    const auto& name = delta.needs_done.front();
    DeltaStep step;
    step.file = "background update " + name + ", at once";
    step.before = delta.finishes;
    const auto from = read_schema(shape);
    const auto known = load_known_updates();
    for (const auto& patch : known.at(name).completes)
        shape.merge_patch(patch);
    step.changes = changes_between(from, read_schema(shape), texts);
    step.after.push_back("DELETE FROM background_updates WHERE update_name = " +
                         quote_literal(name));
    return step;
}

/// Files of a newer, a preliminary or a changed Synapse: what they made may be in the way.
std::optional<std::string> refuse_unknown(const Bookkeeping& books, const UpgradeOptions& options,
                                          const History& history, bool nothing_waits) {
    if (nothing_waits) return std::nullopt;
    for (const auto& file : delta_status(books, history).unknown) {
        if (options.allowed_unknown.contains(file)) continue;
        return "delta " + file +
               " is applied and belongs to no release known here: look what it has made, then "
               "give --allow-unknown-delta " +
               file;
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> refuse_upgrade(const LiveDatabase& live, const UpgradeOptions& options,
                                          const History& history) {
    const auto& books = live.bookkeeping;
    if (!books.version) return "table schema_version has no row: this is no Synapse database";
    if (*books.version < kOldestStart) {
        return "schema version " + std::to_string(*books.version) + " is older than " +
               std::to_string(kOldestStart) +
               ": start Synapse 1.37.1 on it once and let its background updates finish";
    }
    if (*books.version > kNewestSchema) {
        return "schema version " + std::to_string(*books.version) +
               " is newer than this program knows (" + std::to_string(kNewestSchema) + ")";
    }
    const auto deltas = waiting(live, options, history);
    if (auto no = refuse_unknown(books, options, history, deltas.empty())) return no;
    if (const auto table = table_in_the_way(live, deltas, history)) {
        return "table " + *table + " is there already, and a delta is to make it: " +
               "aksono-schema-diff check tells more";
    }
    for (const auto* delta : deltas) {
        if (delta->not_by_us) {
            return "delta " + delta->file +
                   " waits: start Synapse 1.25.0 on it once and let its background updates finish";
        }
        for (const auto& name : delta->needs_done) {
            if (name == kSwap || !delta->finishes.empty()) continue;  // done on the way
            if (std::ranges::find(books.background_updates, name, &BackgroundUpdate::name) ==
                books.background_updates.end()) {
                continue;
            }
            return "background update " + name + " must be done before delta " + delta->file +
                   ": let the Synapse that queued it run until it is";
        }
        for (const auto& sql : delta->before) {
            if (options.server_name.empty() && sql.contains("{server_name}")) {
                return "delta " + delta->file +
                       " needs the server's name: give --server-name, or -c homeserver.yaml";
            }
        }
    }
    return std::nullopt;
}

UpgradePlan plan_upgrade(const LiveDatabase& live, const UpgradeOptions& options,
                         const History& history) {
    UpgradePlan plan;
    plan.from = *live.bookkeeping.version;
    plan.to = std::max(options.to, plan.from);
    plan.unknown = delta_status(live.bookkeeping, history).unknown;
    for (const auto& update : live.bookkeeping.background_updates)
        plan.queued.insert(update.name);

    const auto texts = catalogue_after(kNewestSchema, {});
    auto shape = OrderedJson::parse(write_catalogue(live, ""));
    auto schema = read_schema(shape);
    const auto name = quote_literal(options.server_name);
    for (const auto* delta : waiting(live, options, history)) {
        if (!delta->needs_done.empty() && delta->needs_done.front() == kSwap &&
            plan.queued.contains(kSwap)) {
            plan.steps.push_back(swap_stream_ordering(shape, texts));
            schema = read_schema(shape);
            for (const auto& update : kStreamOrderingUpdates)
                plan.queued.erase(update);
        }
        if (!delta->finishes.empty() && plan.queued.erase(delta->needs_done.front()) > 0) {
            plan.steps.push_back(finish_update(*delta, shape, texts));
            schema = read_schema(shape);
        }
        DeltaStep step;
        step.file = delta->file;
        for (const auto& sql : delta->before)
            step.before.push_back(replaced(sql, "{server_name}", name));
        for (const auto& patch : delta->changes)
            shape.merge_patch(patch);
        auto next = read_schema(shape);
        step.changes = changes_between(schema, next, texts);
        schema = std::move(next);
        step.after = delta->after;
        for (auto& sql : books_of(*delta))
            step.after.push_back(std::move(sql));
        for (const auto& update : delta->unqueues)
            plan.queued.erase(update);
        for (const auto& update : delta->queues)
            plan.queued.insert(update.name);
        plan.steps.push_back(std::move(step));
    }
    plan.first = version_statements(live, plan.to);
    return plan;
}

}  // namespace aksono::synschema
