// SPDX-License-Identifier: Apache-2.0
#include "synschema/check_database.h"
#include "synschema/ddl.h"
#include "synschema/fix.h"

namespace aksono::synschema {

namespace {

void missing_table(const std::string& name, const Table& wanted, const Schema& schema,
                   Findings& findings) {
    std::string sql = ddl::create_table(name, wanted, schema);
    for (const auto& each : wanted.constraints)
        sql += "; " + ddl::add_constraint(name, each);
    for (const auto& each : wanted.indexes)
        sql += "; " + ddl::create_index(name, each, false);
    for (const auto& each : wanted.triggers)
        sql += "; " + each.definition;
    findings.push_back({"table-missing",
                        Severity::error,
                        name,
                        "table " + name + " is missing",
                        "Statements of Synapse and Aksono that name it fail, and what it held is "
                        "lost: restore it from a backup if there is one.",
                        {sql, "", true}});
}

void backup_table(const std::string& name, Findings& findings) {
    findings.push_back({"table-backup",
                        Severity::info,
                        name,
                        "table " + name + " holds rows that were put aside",
                        "A fix that this program printed has kept them before it changed them.",
                        {"", "drop it when nobody needs the rows any more", true}});
}

void check_tables(const Schema& live, const Schema& wanted, const Excuses& excuses,
                  Findings& findings) {
    for (const auto& [name, table] : wanted.tables) {
        const auto it = live.tables.find(name);
        if (it == live.tables.end()) {
            if (!excuses.missing.contains(name)) missing_table(name, table, wanted, findings);
        } else if (it->second.kind != table.kind) {
            findings.push_back({"table-kind",
                                Severity::error,
                                name,
                                name + " is a " + it->second.kind + ", not a " + table.kind,
                                "Synapse's statements and deltas are made for a plain table.",
                                {"", "make it a " + table.kind + " again", false}});
        } else {
            check_table(name, it->second, table, excuses, findings);
        }
    }
    for (const auto& [name, table] : live.tables) {
        if (wanted.tables.contains(name) || excuses.left.contains(name)) continue;
        if (name.starts_with(kBackupPrefix)) {
            backup_table(name, findings);
            continue;
        }
        findings.push_back({"table-foreign",
                            Severity::warning,
                            name,
                            table.kind + " " + name + " is not Synapse's",
                            "A module of Synapse's, a release candidate or another program made "
                            "it. A later release may want the name for itself.",
                            {"", "find out who made it; drop it if nobody needs it", true}});
    }
}

void check_sequences(const Schema& live, const Schema& wanted, const Excuses& excuses,
                     Findings& findings) {
    for (const auto& [name, sequence] : wanted.sequences) {
        const auto it = live.sequences.find(name);
        if (it == live.sequences.end()) {
            if (excuses.missing.contains(name)) continue;
            findings.push_back({"sequence-missing",
                                Severity::error,
                                name,
                                "sequence " + name + " is missing",
                                "Synapse and Aksono take numbers from it: writes fail. After it "
                                "is made it must be set beyond what its tables hold.",
                                {ddl::create_sequence(name, sequence), "", true}});
        } else if (it->second.increment != sequence.increment || it->second.type != sequence.type) {
            findings.push_back({"sequence-different",
                                Severity::error,
                                name,
                                "sequence " + name + " is " + it->second.type + " in steps of " +
                                    std::to_string(it->second.increment),
                                "It hands out other numbers than Synapse expects.",
                                {"ALTER SEQUENCE " + name + " AS " + sequence.type +
                                     " INCREMENT BY " + std::to_string(sequence.increment),
                                 "", true}});
        }
    }
    for (const auto& [name, sequence] : live.sequences) {
        const auto table = sequence.owner.substr(0, sequence.owner.find('.'));
        const bool of_foreign_table = !table.empty() && !wanted.tables.contains(table);
        if (wanted.sequences.contains(name) || of_foreign_table) continue;
        findings.push_back({"sequence-foreign", Severity::warning, name,
                            "sequence " + name + " is not Synapse's", "Nothing of Synapse uses it.",
                            drop_sequence(ddl::identifier(name))});
    }
}

std::string collapsed(const std::string& text) {
    std::string out;
    for (const char c : text) {
        const bool space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
        if (!space) out += c;
        if (space && !out.empty() && out.back() != ' ') out += ' ';
    }
    while (!out.empty() && out.back() == ' ')
        out.pop_back();
    return out;
}

void check_functions(const Schema& live, const Catalogue& catalogue, const Excuses& excuses,
                     Findings& findings) {
    for (const auto& [signature, wanted] : catalogue.schema.functions) {
        const auto& body = catalogue.function_bodies.at(signature);
        const auto statement = ddl::create_function(wanted, body);
        const auto it = live.functions.find(signature);
        if (it == live.functions.end()) {
            findings.push_back({"function-missing",
                                Severity::error,
                                signature,
                                "function " + signature + " is missing",
                                "The triggers that call it are missing or fail.",
                                {statement, "", true}});
        } else if (it->second.fingerprint != wanted.fingerprint &&
                   it->second.body != collapsed(body)) {
            findings.push_back({"function-different",
                                Severity::warning,
                                signature,
                                "the body of function " + signature + " is not a known one",
                                "Its triggers may check or keep in step something else.",
                                {"CREATE OR REPLACE" + statement.substr(6), "", true}});
        }
    }
    for (const auto& [signature, function] : live.functions) {
        if (catalogue.schema.functions.contains(signature)) continue;
        if (excuses.left.contains(signature)) continue;
        findings.push_back({"function-foreign",
                            Severity::warning,
                            signature,
                            "function " + signature + " is not Synapse's",
                            "Nothing of Synapse calls it.",
                            {"DROP FUNCTION " + signature, "", true}});
    }
}

void check_rows(const Schema& live, const Schema& wanted, Findings& findings) {
    for (const auto& [table, rows] : wanted.rows) {
        const auto it = live.rows.find(table);
        if (it == live.rows.end() || !it->second.empty()) continue;
        findings.push_back({"position-row-missing",
                            Severity::error,
                            table,
                            "table " + table + " has lost its row",
                            "It holds how far a background task has come; without a row that task "
                            "fails. The statement puts back what a new database has: the task "
                            "then starts from the beginning.",
                            {ddl::insert_row(table, rows.front()), "", false}});
    }
}

}  // namespace

void check_structure(const Schema& live, const Catalogue& catalogue, const Excuses& excuses,
                     Findings& findings) {
    check_tables(live, catalogue.schema, excuses, findings);
    check_sequences(live, catalogue.schema, excuses, findings);
    check_functions(live, catalogue, excuses, findings);
    check_rows(live, catalogue.schema, findings);
}

}  // namespace aksono::synschema
