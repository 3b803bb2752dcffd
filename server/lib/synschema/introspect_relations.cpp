// SPDX-License-Identifier: Apache-2.0
#include "synschema/introspect_relations.h"

#include "synschema/introspection.h"

#include <limits>

namespace aksono::synschema {

namespace {

constexpr pg::Statement kTables{"synschema_tables", R"(
SELECT c.relname,
       CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view'
                      WHEN 'm' THEN 'materialized view' ELSE 'foreign table' END,
       c.relpersistence = 'u',
       CASE c.relreplident WHEN 'f' THEN 'full' WHEN 'n' THEN 'nothing' WHEN 'i' THEN 'index'
                           ELSE '' END
FROM pg_class c
WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1)
  AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
                  AND d.objid = c.oid AND d.deptype = 'e'))"};

// Only n_distinct is taken from attoptions: PostgreSQL 15.20 keeps a pg_attver of its own there.
constexpr pg::Statement kColumns{"synschema_columns", R"(
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
       coalesce(CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid, true)
                     ELSE 'GENERATED ALWAYS AS (' || pg_get_expr(d.adbin, d.adrelid, true)
                          || ') STORED' END, ''),
       CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' ELSE '' END,
       coalesce((SELECT substr(o, 12) FROM unnest(a.attoptions) o WHERE o LIKE 'n\_distinct=%'), '')
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p')
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1)
  AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY c.relname, a.attnum)"};

// indnullsnotdistinct exists from PostgreSQL 15 on: asked for through jsonb, so that 14 answers
// too.
constexpr pg::Statement kIndexes{"synschema_indexes", R"(
SELECT t.relname, i.relname, m.amname, x.indisunique,
       ARRAY(SELECT pg_get_indexdef(x.indexrelid, k, true)
                 || CASE WHEN oc.opcdefault THEN '' ELSE ' ' || oc.opcname END
                 || CASE x.indoption[k - 1] WHEN 1 THEN ' DESC NULLS LAST'
                    WHEN 2 THEN ' NULLS FIRST' WHEN 3 THEN ' DESC' ELSE '' END
             FROM generate_series(1, x.indnkeyatts::int) k
             JOIN pg_opclass oc ON oc.oid = x.indclass[k - 1] ORDER BY k),
       ARRAY(SELECT pg_get_indexdef(x.indexrelid, k, true)
             FROM generate_series(x.indnkeyatts + 1, x.indnatts::int) k ORDER BY k),
       coalesce(pg_get_expr(x.indpred, x.indrelid, true), ''),
       coalesce((to_jsonb(x) ->> 'indnullsnotdistinct')::boolean, false),
       x.indisvalid AND x.indisready AND x.indislive
FROM pg_index x
JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_class t ON t.oid = x.indrelid
JOIN pg_am m ON m.oid = i.relam
WHERE t.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1)
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = x.indexrelid
                  AND k.conrelid = x.indrelid AND k.contype IN ('p', 'u', 'x'))
ORDER BY t.relname, i.relname)"};

constexpr pg::Statement kConstraints{"synschema_constraints", R"(
SELECT t.relname, k.conname, regexp_replace(pg_get_constraintdef(k.oid, true), ' NOT VALID$', ''),
       k.convalidated
FROM pg_constraint k
JOIN pg_class t ON t.oid = k.conrelid
WHERE t.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1)
  AND k.contype IN ('p', 'u', 'f', 'c', 'x')
ORDER BY t.relname, k.conname)"};

constexpr pg::Statement kTriggers{"synschema_triggers", R"(
SELECT t.relname, g.tgname, pg_get_triggerdef(g.oid, true), g.tgenabled <> 'D'
FROM pg_trigger g
JOIN pg_class t ON t.oid = g.tgrelid
WHERE t.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1) AND NOT g.tgisinternal
ORDER BY t.relname, g.tgname)"};

constexpr pg::Statement kSequences{"synschema_sequences", R"(
SELECT c.relname, format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement,
       coalesce(t.relname || '.' || a.attname, ''), coalesce(d.deptype = 'i', false)
FROM pg_sequence s
JOIN pg_class c ON c.oid = s.seqrelid
LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid
    AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
LEFT JOIN pg_class t ON t.oid = d.refobjid
LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1)
ORDER BY c.relname)"};

constexpr pg::Statement kUnreadable{"synschema_unreadable", R"(
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1)
  AND c.relkind IN ('r', 'p', 'S') AND NOT has_table_privilege(c.oid, 'SELECT'))"};

/// Views and the like have no entry in `schema.tables` for what hangs on tables.
Table* find_table(Schema& schema, const std::string& name) {
    const auto it = schema.tables.find(name);
    return it == schema.tables.end() ? nullptr : &it->second;
}

void read_indexes(pg::Transaction& tx, const std::string& schema_name, Schema& schema) {
    for (const auto row : tx.query(kIndexes, schema_name)) {
        if (Table* table = find_table(schema, row.text(0))) {
            table->indexes.push_back({row.text(1), row.text(2), row.boolean(3), row.texts(4),
                                      row.texts(5), row.text(6), row.boolean(7), row.boolean(8)});
        }
    }
}

void read_constraints_and_triggers(pg::Transaction& tx, const std::string& schema_name,
                                   Schema& schema) {
    for (const auto row : tx.query(kConstraints, schema_name)) {
        if (Table* table = find_table(schema, row.text(0))) {
            table->constraints.push_back({row.text(1), row.text(2), row.boolean(3)});
        }
    }
    for (const auto row : tx.query(kTriggers, schema_name)) {
        if (Table* table = find_table(schema, row.text(0))) {
            table->triggers.push_back({row.text(1), row.text(2), row.boolean(3)});
        }
    }
}

}  // namespace

void read_tables(pg::Transaction& tx, const std::string& schema_name, Schema& schema) {
    for (const auto row : tx.query(kTables, schema_name)) {
        Table& table = schema.tables[row.text(0)];
        table.kind = row.text(1);
        table.unlogged = row.boolean(2);
        table.replica_identity = row.text(3);
    }
    for (const auto row : tx.query(kColumns, schema_name)) {
        if (Table* table = find_table(schema, row.text(0))) {
            table->columns.push_back(
                {row.text(1), row.text(2), row.boolean(3), row.text(4), row.text(5), row.text(6)});
        }
    }
}

void read_table_parts(pg::Transaction& tx, const std::string& schema_name, Schema& schema) {
    read_indexes(tx, schema_name, schema);
    read_constraints_and_triggers(tx, schema_name, schema);
}

std::set<std::string> read_unreadable(pg::Transaction& tx, const std::string& schema_name) {
    std::set<std::string> names;
    for (const auto row : tx.query(kUnreadable, schema_name))
        names.insert(row.text(0));
    return names;
}

void read_sequences(pg::Transaction& tx, const std::string& schema_name,
                    const std::set<std::string>& unreadable, Schema& schema) {
    std::string sql;
    for (const auto row : tx.query(kSequences, schema_name)) {
        const auto name = row.text(0);
        Sequence& sequence = schema.sequences[name];
        sequence.type = row.text(1);
        sequence.start = row.integer(2);
        sequence.increment = row.integer(3);
        sequence.owner = row.text(4);
        sequence.identity = row.boolean(5);
        if (unreadable.contains(name)) {
            sequence.last_value = std::numeric_limits<std::int64_t>::max();
            sequence.is_called = true;
            continue;
        }
        if (!sql.empty()) sql += " UNION ALL ";
        sql += "SELECT " + quote_literal(name) + ", last_value, is_called FROM " +
               quote_identifier(schema_name) + "." + quote_identifier(name);
    }
    if (sql.empty()) return;
    for (const auto row : tx.query_text(sql)) {
        Sequence& sequence = schema.sequences.at(row.text(0));
        sequence.last_value = row.integer(1);
        sequence.is_called = row.boolean(2);
    }
}

}  // namespace aksono::synschema
