// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace aksono::synschema {

/// The shape of a database, as plain values that compare. Expressions and definitions are
/// PostgreSQL's own deparsed text, without the schema's name.

struct Column {
    std::string name;
    std::string type;  ///< as format_type: "character varying(32)"
    bool not_null = false;
    std::string default_expression;  ///< empty: none
    std::string identity;            ///< "always", "by default" or empty
    std::string n_distinct;          ///< attribute option of that name, empty: not set
    bool operator==(const Column&) const = default;
};

struct Index {
    std::string name;
    std::string method = "btree";
    bool unique = false;
    std::vector<std::string> keys;     ///< columns or expressions, with operator class and order
    std::vector<std::string> include;  ///< columns that are only carried along
    std::string predicate;
    bool nulls_not_distinct = false;
    bool valid = true;  ///< false while (or after) CREATE INDEX CONCURRENTLY did not finish
    bool operator==(const Index&) const = default;
};

struct Constraint {
    std::string name;
    std::string definition;  ///< "UNIQUE (a, b)", never ends in NOT VALID
    bool validated = true;
    bool operator==(const Constraint&) const = default;
};

struct Trigger {
    std::string name;
    std::string definition;  ///< the whole CREATE TRIGGER statement
    bool enabled = true;
    bool operator==(const Trigger&) const = default;
};

/// One table with all that hangs on it; everything but the columns is sorted by name. Indexes that
/// a PRIMARY KEY, UNIQUE or EXCLUDE constraint made are not listed: the constraint is.
struct Table {
    std::string kind =
        "table";  ///< or "partitioned table", "view", "materialized view", "foreign table"
    bool unlogged = false;
    std::string replica_identity;  ///< empty: the default (primary key)
    std::vector<Column> columns;   ///< in the order of the table
    std::vector<Index> indexes;
    std::vector<Constraint> constraints;
    std::vector<Trigger> triggers;
    bool operator==(const Table&) const = default;
};

struct Sequence {
    std::string type = "bigint";
    std::int64_t start = 1;
    std::int64_t increment = 1;
    std::string owner;      ///< "table.column", empty: nobody's
    bool identity = false;  ///< made by an identity column of `owner`
    std::int64_t last_value = 1;
    bool is_called = false;
    bool operator==(const Sequence&) const = default;

    /// The highest number handed out so far.
    [[nodiscard]] std::int64_t position() const {
        return is_called ? last_value : last_value - increment;
    }
};

struct Function {
    std::string signature;  ///< name(argument types)
    std::string result;     ///< "trigger"
    std::string language;
    std::string body;         ///< white space collapsed; empty in the catalogue
    std::string fingerprint;  ///< SHA-256 (hex) of that body
    bool operator==(const Function&) const = default;
};

/// Row of a small table of positions as compact JSON, keys sorted.
using RowText = std::string;

struct Schema {
    std::map<std::string, Table> tables;
    std::map<std::string, Sequence> sequences;
    std::map<std::string, Function> functions;  ///< by signature
    /// "table NAME" or "column TABLE.NAME" → SHA-256 (hex) of the text.
    std::map<std::string, std::string> comments;
    /// Tables that hold positions from the day they are made (one row, mostly) → their rows.
    std::map<std::string, std::vector<RowText>> rows;
    bool operator==(const Schema&) const = default;
};

}  // namespace aksono::synschema
