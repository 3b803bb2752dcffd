// SPDX-License-Identifier: Apache-2.0
#include "background/shape_work.h"

#include "synschema/ddl.h"
#include "synschema/introspection.h"
#include "synschema/schema_json.h"

#include <algorithm>
#include <stdexcept>

namespace aksono::background {

namespace {

using synschema::Constraint;
using synschema::Index;
using synschema::OrderedJson;
using synschema::Table;

const OrderedJson kNone = OrderedJson::object();

const OrderedJson& part(const OrderedJson& json, const char* key) {
    const auto it = json.find(key);
    return it == json.end() || it->is_null() ? kNone : *it;
}

template <class Value>
const Value* named(const std::vector<Value>& values, const std::string& name) {
    const auto it = std::ranges::find(values, name, &Value::name);
    return it == values.end() ? nullptr : &*it;
}

/// As the catalogue's reader understands it.
Index read_index(const std::string& name, const OrderedJson& json) {
    const OrderedJson schema{
        {"tables", {{"t", {{"columns", OrderedJson::object()}, {"indexes", {{name, json}}}}}}}};
    return synschema::read_schema(schema).tables.at("t").indexes.at(0);
}

std::string drop_index(const std::string& name) {
    return "DROP INDEX CONCURRENTLY IF EXISTS " + synschema::ddl::identifier(name);
}

/// Goes through the patches of one table.
class TableSteps {
public:
    TableSteps(const std::string& name, const Table& live) : name_(name), live_(live) {}

    void indexes(const OrderedJson& wanted);
    void constraints(const OrderedJson& wanted);
    void put_in(std::vector<ShapeStep>& steps);

private:
    void build(const Index& wanted);
    ShapeStep plain(std::string sql) const { return {std::move(sql), name_, "", false, {}, ""}; }

    const std::string& name_;
    const Table& live_;
    std::vector<ShapeStep> first_;
    std::vector<ShapeStep> last_;  ///< what is replaced goes when its successor is there
};

void TableSteps::build(const Index& wanted) {
    const auto* there = named(live_.indexes, wanted.name);
    if (there != nullptr && *there == wanted) return;
    if (there != nullptr) first_.push_back(plain(drop_index(wanted.name)));
    auto step = plain(synschema::ddl::create_index(name_, wanted, true));
    step.index = wanted.name;
    step.unique = wanted.unique;
    step.keys = wanted.keys;
    step.predicate = wanted.predicate;
    first_.push_back(std::move(step));
}

void TableSteps::indexes(const OrderedJson& wanted) {
    for (const auto& [index, json] : wanted.items()) {
        if (!json.is_null()) {
            build(read_index(index, json));
        } else if (named(live_.indexes, index) != nullptr) {
            last_.push_back(plain(drop_index(index)));
        }
    }
}

void TableSteps::constraints(const OrderedJson& wanted) {
    for (const auto& [constraint, json] : wanted.items()) {
        const auto* there = named(live_.constraints, constraint);
        const auto alter = "ALTER TABLE " + synschema::ddl::identifier(name_);
        const auto quoted = synschema::ddl::identifier(constraint);
        if (json.is_null()) {
            if (there != nullptr) last_.push_back(plain(alter + " DROP CONSTRAINT " + quoted));
        } else if (there == nullptr) {
            throw std::runtime_error("table " + name_ + " has no constraint " + constraint);
        } else if (!there->validated) {
            first_.push_back(plain(alter + " VALIDATE CONSTRAINT " + quoted));
        }
    }
}

void TableSteps::put_in(std::vector<ShapeStep>& steps) {
    steps.insert(steps.end(), first_.begin(), first_.end());
    steps.insert(steps.end(), last_.begin(), last_.end());
}

void complete_table(const synschema::Schema& live, const std::string& name,
                    const OrderedJson& patch, std::vector<ShapeStep>& steps) {
    const auto& indexes = part(patch, "indexes");
    const auto& constraints = part(patch, "constraints");
    if (indexes.empty() && constraints.empty()) return;
    const auto table = live.tables.find(name);
    if (table == live.tables.end()) throw std::runtime_error("table " + name + " is missing");
    TableSteps all(name, table->second);
    all.indexes(indexes);
    all.constraints(constraints);
    all.put_in(steps);
}

/// Updates older than the full schema that the catalogue begins with, and those whose indexes do
/// not outlive the next step: only a database that was stuck halfway has them queued.
const std::map<std::string, const char*>& old_patches() {
    static const std::map<std::string, const char*> known{
        {"index_stream_ordering2",
         R"({"events": {"indexes": {"events_stream_ordering":
             {"keys": ["stream_ordering2"], "unique": true}}}})"},
        {"index_stream_ordering2_contains_url",
         R"({"events": {"indexes": {"event_contains_url_index2":
             {"keys": ["room_id", "topological_ordering", "stream_ordering2"],
              "where": "contains_url = true AND outlier = false"}}}})"},
        {"index_stream_ordering2_room_order",
         R"({"events": {"indexes": {"events_order_room2":
             {"keys": ["room_id", "topological_ordering", "stream_ordering2"]}}}})"},
        {"index_stream_ordering2_room_stream",
         R"({"events": {"indexes": {"events_room_stream2":
             {"keys": ["room_id", "stream_ordering2"]}}}})"},
        {"index_stream_ordering2_ts",
         R"({"events": {"indexes": {"events_ts2":
             {"keys": ["origin_server_ts", "stream_ordering2"]}}}})"},
        {"device_inbox_stream_drop",
         R"({"device_inbox": {"indexes": {"device_inbox_stream_id": null}}})"},
        {"drop_device_list_streams_non_unique_indexes",
         R"({"device_lists_remote_cache": {"indexes": {"device_lists_remote_cache_id": null}},
             "device_lists_remote_extremeties":
                 {"indexes": {"device_lists_remote_extremeties_id": null}}})"},
        {"user_ips_drop_nonunique_index",
         R"({"user_ips": {"indexes": {"user_ips_user_ip": null}}})"},
        {"event_fix_redactions_bytes_create_index",
         R"({"redactions": {"indexes": {"redactions_censored_redacts":
             {"keys": ["redacts"], "where": "have_censored"}}}})"},
    };
    return known;
}

}  // namespace

std::vector<ShapeStep> steps_to_complete(const synschema::Schema& live,
                                         const std::vector<OrderedJson>& completes) {
    std::vector<ShapeStep> steps;
    for (const auto& patch : completes) {
        for (const auto& [name, table] : part(patch, "tables").items()) {
            if (!table.is_null()) complete_table(live, name, table, steps);
        }
    }
    return steps;
}

bool only_indexes_and_constraints(const OrderedJson& patch) {
    for (const auto& [kind, objects] : patch.items()) {
        if (kind != "tables") return false;
        for (const auto& [name, table] : objects.items()) {
            if (!table.is_object()) return false;
            for (const auto& [of, parts] : table.items()) {
                if (of != "indexes" && of != "constraints") return false;
            }
        }
    }
    return true;
}

bool changes_rows_too(const std::string& name) {
    static const std::set<std::string> names{
        "event_edges_drop_invalid_rows",
        "event_forward_extremities_event_id_foreign_key_constraint_update",
        "event_search_postgres_gin",
        "populate_full_user_id_profiles",
        "populate_full_user_id_user_filters",
        "receipts_graph_unique_index",
        "receipts_linearized_unique_index"};
    return names.contains(name);
}

std::vector<OrderedJson> shape_patches(const std::string& name,
                                       const synschema::KnownUpdate& known) {
    if (!known.completes.empty()) return known.completes;
    const auto old = old_patches().find(name);
    if (old == old_patches().end()) return {};
    return {OrderedJson{{"tables", OrderedJson::parse(old->second)}}};
}

}  // namespace aksono::background
