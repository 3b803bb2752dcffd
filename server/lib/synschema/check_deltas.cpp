// SPDX-License-Identifier: Apache-2.0
#include "synschema/check_database.h"
#include "synschema/delta_status.h"
#include "synschema/introspection.h"

#include <algorithm>

namespace aksono::synschema {

namespace {

std::string joined(const std::vector<std::string>& names) {
    std::string out;
    for (const auto& name : names)
        out += (out.empty() ? "" : ", ") + name;
    return out;
}

bool exists(const Schema& schema, const std::string& object) {
    const auto dot = object.find('.');
    const auto table = schema.tables.find(object.substr(0, dot));
    if (dot == object.npos)
        return table != schema.tables.end() || schema.sequences.contains(object);
    return table != schema.tables.end() &&
           std::ranges::find(table->second.columns, object.substr(dot + 1), &Column::name) !=
               table->second.columns.end();
}

/// Whether all that the delta makes at once is there.
bool is_done(const Schema& schema, const DeltaObjects& delta) {
    return !delta.creates.empty() && std::ranges::all_of(delta.creates, [&](const auto& object) {
        return exists(schema, object);
    });
}

void row_missing(const std::string& file, Findings& findings) {
    findings.push_back({"delta-row-missing",
                        Severity::error,
                        file,
                        "delta " + file + " is applied, but not in applied_schema_deltas",
                        "Synapse applies it again at its next start and fails, because what it "
                        "makes is there already.",
                        {"INSERT INTO applied_schema_deltas (version, file) VALUES (" +
                             std::to_string(delta_version(file)) + ", " + quote_literal(file) + ")",
                         "", true}});
}

void unapplied(const std::vector<std::string>& files, Findings& findings) {
    if (files.empty()) return;
    findings.push_back(
        {"deltas-unapplied",
         Severity::error,
         "applied_schema_deltas",
         (files.size() == 1 ? std::string("a delta of version 94 is")
                            : std::to_string(files.size()) + " deltas of version 94 are") +
             " not applied",
         "An older release with the same version number made or upgraded this database. Synapse "
         "1.163.2 applies them when it starts; Aksono does not start without them: " +
             joined(files) + ". What they would make is no finding of its own.",
         {"",
          "aksono-migrate up, or start Synapse 1.163.2 once and let it finish its background "
          "updates",
          false}});
}

}  // namespace

void excuse_unapplied_deltas(const Schema& live, const std::vector<std::string>& files,
                             Excuses& excuses) {
    const auto objects = load_delta_objects();
    for (const auto& file : files) {
        const auto it = objects.find(file);
        if (it == objects.end() || is_done(live, it->second)) continue;
        excuses.missing.insert(it->second.creates.begin(), it->second.creates.end());
        excuses.missing.insert(it->second.later.begin(), it->second.later.end());
        excuses.left.insert(it->second.drops.begin(), it->second.drops.end());
    }
}

void check_deltas(const LiveDatabase& live, const Catalogue& catalogue, Findings& findings) {
    if (live.bookkeeping.version.value_or(0) < kSchema) return;
    const auto status = delta_status(live.bookkeeping, catalogue);
    const auto objects = load_delta_objects();
    std::vector<std::string> missing;
    for (const auto& file : status.unapplied) {
        const auto it = objects.find(file);
        if (it != objects.end() && is_done(live.schema, it->second)) {
            row_missing(file, findings);
        } else {
            missing.push_back(file);
        }
    }
    unapplied(missing, findings);
    if (!status.lost.empty()) {
        findings.push_back({"deltas-lost",
                            Severity::warning,
                            "applied_schema_deltas",
                            std::to_string(status.lost.size()) +
                                " deltas of older versions are not in applied_schema_deltas",
                            "Synapse never looks at older versions again, so they will not be "
                            "applied; if the structure is right, only the rows are missing: " +
                                joined(status.lost) + ".",
                            {"", "compare with a backup", true}});
    }
    if (!status.unknown.empty()) {
        findings.push_back(
            {"deltas-unknown",
             Severity::info,
             "applied_schema_deltas",
             std::to_string(status.unknown.size()) +
                 " applied deltas of versions 94 and up are unknown here",
             "A newer or changed Synapse has been at work: " + joined(status.unknown) + ".",
             {"", "nothing needs to be done", true}});
    }
}

}  // namespace aksono::synschema
