// SPDX-License-Identifier: Apache-2.0
#include "synschema/stream_ordering_swap.h"

#include "synschema/introspection.h"
#include "synschema/schema_json.h"

#include <algorithm>

namespace aksono::synschema {

const std::set<std::string> kStreamOrderingUpdates{
    "populate_stream_ordering2",           "index_stream_ordering2",
    "index_stream_ordering2_contains_url", "index_stream_ordering2_room_order",
    "index_stream_ordering2_room_stream",  "index_stream_ordering2_ts",
    "replace_stream_ordering_column"};

namespace {

constexpr const char* kOld = "stream_ordering";
constexpr const char* kNew = "stream_ordering2";
constexpr const char* kForeignKey = "event_stream_ordering_fkey";

bool is_on(const OrderedJson& index, const std::string& column) {
    const auto& keys = index.at("keys");
    return std::ranges::any_of(keys, [&](const auto& key) { return key == column; });
}

/// Tables whose event_stream_ordering points at the column: those that delta 74/03 made so.
std::vector<std::string> tables_that_point(const OrderedJson& shape) {
    std::vector<std::string> out;
    for (const auto& [name, table] : shape.at("tables").items()) {
        if (table.value("constraints", OrderedJson::object()).contains(kForeignKey)) {
            out.push_back(name);
        }
    }
    return out;
}

/// The second column in its place, under the first one's name; what hung on either is gone.
OrderedJson without_first_column(const OrderedJson& events) {
    OrderedJson out = events;
    out["columns"] = OrderedJson::object();
    for (const auto& [name, column] : events.at("columns").items()) {
        if (name == kNew) out["columns"][kOld] = column;
        if (name != kNew && name != kOld) out["columns"][name] = column;
    }
    out["indexes"] = OrderedJson::object();
    for (const auto& [name, index] : events.at("indexes").items()) {
        if (!is_on(index, kOld) && !is_on(index, kNew)) out["indexes"][name] = index;
    }
    out["constraints"].erase("events_pkey");
    return out;
}

/// The indexes on the first column, as they are to be again, and the one that replaces its key.
OrderedJson with_indexes(OrderedJson events, const OrderedJson& before) {
    for (const auto& [name, index] : before.at("indexes").items()) {
        if (is_on(index, kOld)) events["indexes"][name] = index;
    }
    events["indexes"]["events_stream_ordering"] = {{"keys", {kOld}}, {"unique", true}};
    return events;
}

void drop_second_indexes(const OrderedJson& before, DeltaStep& step) {
    for (const auto& [name, index] : before.at("indexes").items()) {
        if (is_on(index, kNew)) step.before.push_back("DROP INDEX " + quote_identifier(name));
    }
}

}  // namespace

DeltaStep swap_stream_ordering(OrderedJson& shape, const Catalogue& texts) {
    DeltaStep step;
    step.file = "background update replace_stream_ordering_column, at once";
    auto& events = shape["tables"]["events"];
    const OrderedJson before = events;
    const auto pointing = tables_that_point(shape);
    for (const auto& table : pointing) {
        step.before.push_back("ALTER TABLE " + table + " DROP CONSTRAINT " + kForeignKey);
    }
    step.before.push_back("DROP RULE IF EXISTS populate_stream_ordering2 ON events");
    drop_second_indexes(before, step);
    step.before.push_back(
        "UPDATE events SET stream_ordering2 = stream_ordering "
        "WHERE stream_ordering2 IS DISTINCT FROM stream_ordering");
    step.before.push_back("ALTER TABLE events DROP COLUMN stream_ordering");
    step.before.push_back("ALTER TABLE events RENAME COLUMN stream_ordering2 TO stream_ordering");

    events = without_first_column(before);
    const auto from = read_schema(shape);
    events = with_indexes(events, before);
    step.changes = changes_between(from, read_schema(shape), texts);
    for (const auto& table : pointing) {
        step.after.push_back("ALTER TABLE " + table + " ADD CONSTRAINT " + kForeignKey +
                             " FOREIGN KEY (event_stream_ordering) REFERENCES "
                             "events(stream_ordering) NOT VALID");
    }
    for (const auto& name : kStreamOrderingUpdates) {
        step.after.push_back("DELETE FROM background_updates WHERE update_name = " +
                             quote_literal(name));
    }
    return step;
}

}  // namespace aksono::synschema
