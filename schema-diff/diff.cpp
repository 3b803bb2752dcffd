// SPDX-License-Identifier: Apache-2.0
#include "cli/target.h"
#include "synschema/changes.h"
#include "synschema/data_sums.h"
#include "synschema/introspection.h"
#include "synschema/schema_json.h"
#include "verbs.h"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include <boost/program_options/parsers.hpp>
#include <boost/program_options/positional_options.hpp>

namespace aksono::schema_diff {

namespace {

namespace po = boost::program_options;
using synschema::OrderedJson;

constexpr const char* kUsage = "aksono-schema-diff diff [options] A B";
constexpr const char* kExplanation =
    "Says what differs between two databases: tables, columns, indexes, constraints, triggers,\n"
    "functions, sequences, comments, one object a line: - only A has it, + only B has it,\n"
    "~ both have it, otherwise. A and B are DSNs, or files that `snapshot` made. Positions of\n"
    "sequences and rows are no matter of shape; --data looks at rows.\n\n"
    "Ends 0: alike; 10: different; 12: cannot be reached; 1: wrong usage.\n";

/// A database, or a file that tells of one.
struct Side {
    OrderedJson shape;
    synschema::Schema schema;
    std::optional<synschema::DataSums> sums;
};

cli::Target target_of(const std::string& dsn) {
    try {
        return {pg::Conninfo::parse(dsn), "", false};
    } catch (const std::invalid_argument& error) {
        throw cli::UsageError(dsn +
                              ": no file, and as a DSN it is not understood: " + error.what());
    }
}

OrderedJson read_snapshot(const std::string& name) {
    std::ifstream file(name);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    auto json = OrderedJson::parse(text, nullptr, false);
    if (!json.is_object() || !json.contains("tables")) {
        throw cli::Unsuitable(name + ": this is no file that `aksono-schema-diff snapshot` made");
    }
    return json;
}

Side look(const std::string& name, bool with_data) {
    Side side;
    if (std::filesystem::is_regular_file(name)) {
        if (with_data) throw cli::UsageError("--data needs two databases, " + name + " is a file");
        side.shape = read_snapshot(name);
        side.schema = synschema::read_schema(side.shape);
        return side;
    }
    auto connection = cli::connect(target_of(name), kApplicationName, kNoTimeout);
    connection.run(pg::Isolation::repeatable_read_only, [&](pg::Transaction& tx) {
        const auto live = synschema::introspect(tx);
        side.shape = OrderedJson::parse(synschema::write_catalogue(live, ""));
        side.schema = live.schema;
        if (with_data) side.sums = synschema::read_data_sums(tx, live.schema);
    });
    return side;
}

/// Where a sequence stands is data.
OrderedJson without_positions(OrderedJson sequence) {
    sequence.erase("last_value");
    sequence.erase("is_called");
    return sequence;
}

/// "events.indexes.events_ts" → its definition, for everything that has a name.
std::map<std::string, std::string> objects_of(const OrderedJson& shape) {
    std::map<std::string, std::string> objects;
    for (const char* kind : {"functions", "comments"}) {
        const auto all = shape.value(kind, OrderedJson::object());
        for (const auto& [name, object] : all.items())
            objects[std::string(kind) + "." + name] = object.dump();
    }
    const auto sequences = shape.value("sequences", OrderedJson::object());
    for (const auto& [name, sequence] : sequences.items())
        objects["sequences." + name] = without_positions(sequence).dump();
    for (const auto& [table, parts] : shape.at("tables").items()) {
        OrderedJson rest = OrderedJson::object();
        for (const auto& [kind, members] : parts.items()) {
            if (!members.is_object()) {
                rest[kind] = members;
                continue;
            }
            for (const auto& [name, member] : members.items())
                objects[table + "." + kind + "." + name] = member.dump();
        }
        objects[table] = rest.dump();
    }
    return objects;
}

using Objects = std::map<std::string, std::string>;

int print_differences(const Objects& a, const Objects& b) {
    Objects all = a;
    all.insert(b.begin(), b.end());
    int different = 0;
    for (const auto& [name, unused] : all) {
        const auto in_a = a.find(name);
        const auto in_b = b.find(name);
        if (in_a == a.end()) {
            std::cout << "+ " << name << " " << in_b->second << "\n";
        } else if (in_b == b.end()) {
            std::cout << "- " << name << " " << in_a->second << "\n";
        } else if (in_a->second != in_b->second) {
            std::cout << "~ " << name << " " << in_a->second << " → " << in_b->second << "\n";
        } else {
            continue;
        }
        ++different;
    }
    return different;
}

void print_statements(const Side& a, const Side& b) {
    const auto texts = synschema::load_catalogue(synschema::kNewestSchema);
    std::cout << "\n-- What makes the first like the second:\n";
    for (const auto& change : synschema::changes_between(a.schema, b.schema, texts))
        std::cout << change.sql << ";\n";
}

}  // namespace

int diff(const cli::Arguments& arguments) {
    po::options_description options("Options");
    options.add_options()("data", "count and sum up the rows of every table too (reads them all)")(
        "sql", "print the statements that make A like B")("help,h", "print this text");
    po::options_description all;
    all.add(options).add_options()("side", po::value<std::vector<std::string>>());
    po::positional_options_description positional;
    positional.add("side", -1);
    po::variables_map values;
    po::store(po::command_line_parser(arguments).options(all).positional(positional).run(), values);
    if (values.contains("help")) {
        std::cout << "Usage: " << kUsage << "\n" << kExplanation << "\n" << options;
        return cli::kDone;
    }
    if (!values.contains("side") || values["side"].as<std::vector<std::string>>().size() != 2) {
        throw cli::UsageError("give two databases (DSNs, or files of `snapshot`)");
    }
    const auto names = values["side"].as<std::vector<std::string>>();
    const auto a = look(names[0], values.contains("data"));
    const auto b = look(names[1], values.contains("data"));
    int different = print_differences(objects_of(a.shape), objects_of(b.shape));
    if (a.sums && b.sums)
        different += print_differences(synschema::describe(*a.sums), synschema::describe(*b.sums));
    if (different > 0 && values.contains("sql")) print_statements(a, b);
    if (different == 0) std::cout << "Alike: " << a.schema.tables.size() << " tables.\n";
    return different == 0 ? cli::kDone : cli::kErrors;
}

}  // namespace aksono::schema_diff
