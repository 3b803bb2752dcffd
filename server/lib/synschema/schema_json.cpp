// SPDX-License-Identifier: Apache-2.0
#include "synschema/schema_json.h"

#include "base/json.h"

#include <algorithm>

namespace aksono::synschema {

namespace {

template <class Value>
void put_unless(OrderedJson& object, const char* key, const Value& value, const Value& usual) {
    if (value != usual) object[key] = value;
}

OrderedJson write(const Column& column) {
    OrderedJson json{{"type", column.type}};
    put_unless(json, "not_null", column.not_null, false);
    put_unless(json, "default", column.default_expression, std::string());
    put_unless(json, "identity", column.identity, std::string());
    put_unless(json, "n_distinct", column.n_distinct, std::string());
    return json;
}

OrderedJson write(const Index& index) {
    OrderedJson json{{"keys", index.keys}};
    put_unless(json, "unique", index.unique, false);
    put_unless(json, "method", index.method, std::string("btree"));
    put_unless(json, "include", index.include, {});
    put_unless(json, "where", index.predicate, std::string());
    put_unless(json, "nulls_not_distinct", index.nulls_not_distinct, false);
    put_unless(json, "valid", index.valid, true);
    return json;
}

OrderedJson write(const Constraint& constraint) {
    OrderedJson json{{"definition", constraint.definition}};
    put_unless(json, "validated", constraint.validated, true);
    return json;
}

OrderedJson write(const Trigger& trigger) {
    OrderedJson json{{"definition", trigger.definition}};
    put_unless(json, "enabled", trigger.enabled, true);
    return json;
}

template <class Value>
void write_all(OrderedJson& object, const char* key, const std::vector<Value>& values) {
    for (const auto& value : values)
        object[key][value.name] = write(value);
}

OrderedJson write(const Table& table) {
    OrderedJson json = OrderedJson::object();
    put_unless(json, "kind", table.kind, std::string("table"));
    put_unless(json, "unlogged", table.unlogged, false);
    put_unless(json, "replica_identity", table.replica_identity, std::string());
    write_all(json, "columns", table.columns);
    write_all(json, "constraints", table.constraints);
    write_all(json, "indexes", table.indexes);
    write_all(json, "triggers", table.triggers);
    return json;
}

OrderedJson write(const Sequence& sequence) {
    OrderedJson json = OrderedJson::object();
    put_unless(json, "type", sequence.type, std::string("bigint"));
    put_unless(json, "start", sequence.start, std::int64_t{1});
    put_unless(json, "increment", sequence.increment, std::int64_t{1});
    put_unless(json, "owner", sequence.owner, std::string());
    put_unless(json, "identity", sequence.identity, false);
    json["last_value"] = sequence.last_value;
    json["is_called"] = sequence.is_called;
    return json;
}

OrderedJson write(const Function& function) {
    return {{"result", function.result},
            {"language", function.language},
            {"fingerprint", function.fingerprint}};
}

Column read_column(const std::string& name, const OrderedJson& json) {
    return {name,
            json.at("type"),
            json.value("not_null", false),
            json.value("default", ""),
            json.value("identity", ""),
            json.value("n_distinct", "")};
}

Index read_index(const std::string& name, const OrderedJson& json) {
    return {name,
            json.value("method", "btree"),
            json.value("unique", false),
            json.at("keys"),
            json.value("include", std::vector<std::string>()),
            json.value("where", ""),
            json.value("nulls_not_distinct", false),
            json.value("valid", true)};
}

Constraint read_constraint(const std::string& name, const OrderedJson& json) {
    return {name, json.at("definition"), json.value("validated", true)};
}

Trigger read_trigger(const std::string& name, const OrderedJson& json) {
    return {name, json.at("definition"), json.value("enabled", true)};
}

template <class Value>
void read_all(const OrderedJson& object, const char* key, std::vector<Value>& values,
              Value (*read)(const std::string&, const OrderedJson&)) {
    const auto list = object.find(key);
    if (list == object.end()) return;
    for (const auto& [name, item] : list->items())
        values.push_back(read(name, item));
}

Table read_table(const OrderedJson& json) {
    Table table;
    table.kind = json.value("kind", "table");
    table.unlogged = json.value("unlogged", false);
    table.replica_identity = json.value("replica_identity", "");
    read_all(json, "columns", table.columns, read_column);
    read_all(json, "constraints", table.constraints, read_constraint);
    read_all(json, "indexes", table.indexes, read_index);
    read_all(json, "triggers", table.triggers, read_trigger);
    // A patch puts new members last.
    std::ranges::sort(table.constraints, {}, &Constraint::name);
    std::ranges::sort(table.indexes, {}, &Index::name);
    std::ranges::sort(table.triggers, {}, &Trigger::name);
    return table;
}

Sequence read_sequence(const OrderedJson& json) {
    return {json.value("type", "bigint"),
            json.value("start", std::int64_t{1}),
            json.value("increment", std::int64_t{1}),
            json.value("owner", ""),
            json.value("identity", false),
            json.at("last_value"),
            json.at("is_called")};
}

}  // namespace

std::string write_catalogue(const LiveDatabase& live, const std::string& made_by) {
    OrderedJson json{{"schema_version", live.bookkeeping.version.value_or(0)},
                     {"compat_version", live.bookkeeping.compat_version.value_or(0)},
                     {"made_by", made_by}};
    for (const auto& [version, file] : live.bookkeeping.applied_deltas) {
        json["applied_deltas"].push_back(file);
    }
    for (const auto& [name, table] : live.schema.tables)
        json["tables"][name] = write(table);
    for (const auto& [name, sequence] : live.schema.sequences) {
        json["sequences"][name] = write(sequence);
    }
    for (const auto& [name, function] : live.schema.functions) {
        json["functions"][name] = write(function);
    }
    for (const auto& [name, hash] : live.schema.comments)
        json["comments"][name] = hash;
    for (const auto& [name, rows] : live.schema.rows) {
        for (const auto& row : rows)
            json["rows"][name].push_back(OrderedJson::parse(row));
    }
    return readable_json(json);
}

Schema read_schema(const OrderedJson& catalogue) {
    const auto each = [&](const char* kind, const auto& take) {
        const auto objects = catalogue.find(kind);
        if (objects == catalogue.end()) return;
        for (const auto& [name, json] : objects->items())
            take(name, json);
    };
    Schema schema;
    each("tables",
         [&](const auto& name, const auto& json) { schema.tables[name] = read_table(json); });
    each("sequences",
         [&](const auto& name, const auto& json) { schema.sequences[name] = read_sequence(json); });
    each("functions", [&](const auto& name, const auto& json) {
        schema.functions[name] = {name, json.at("result"), json.at("language"), "",
                                  json.at("fingerprint")};
    });
    each("comments", [&](const auto& name, const auto& json) { schema.comments[name] = json; });
    each("rows", [&](const auto& name, const auto& json) {
        for (const auto& row : json)
            schema.rows[name].push_back(dump_json(Json(row)));
    });
    return schema;
}

}  // namespace aksono::synschema
