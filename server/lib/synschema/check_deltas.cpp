// SPDX-License-Identifier: Apache-2.0
#include "synschema/check_database.h"
#include "synschema/delta_status.h"
#include "synschema/introspection.h"

namespace aksono::synschema {

namespace {

std::string joined(const std::vector<std::string>& names) {
    std::string out;
    for (const auto& name : names)
        out += (out.empty() ? "" : ", ") + name;
    return out;
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

void unapplied(const Bookkeeping& books, const std::vector<std::string>& files,
               Findings& findings) {
    if (files.empty()) return;
    const bool same_version = books.version.value_or(kSchema) >= kSchema;
    findings.push_back(
        {"deltas-unapplied",
         Severity::info,
         "applied_schema_deltas",
         std::to_string(files.size()) + (files.size() == 1 ? " delta" : " deltas") + " up to " +
             files.back() + (files.size() == 1 ? " is" : " are") + " not applied",
         std::string(same_version
                         ? "An older release with the same version number made or upgraded "
                           "this database. "
                         : "") +
             "Synapse 1.163.2 applies them when it starts; Aksono does not start without them: " +
             joined(files) + ".",
         {"",
          "aksono-migrate up, or start Synapse 1.163.2 once and let it finish its background "
          "updates",
          false}});
}

void lost(const std::vector<std::string>& files, Findings& findings) {
    if (files.empty()) return;
    findings.push_back({"deltas-lost",
                        Severity::warning,
                        "applied_schema_deltas",
                        std::to_string(files.size()) +
                            (files.size() == 1 ? " delta of an older version is"
                                               : " deltas of older versions are") +
                            " not in applied_schema_deltas",
                        "Synapse never looks at older versions again, so they will not be "
                        "applied; if the structure is right, only the rows are missing: " +
                            joined(files) + ".",
                        {"", "compare with a backup", true}});
}

void unknown(const std::vector<std::string>& files, Findings& findings) {
    if (files.empty()) return;
    findings.push_back(
        {"deltas-unknown",
         Severity::info,
         "applied_schema_deltas",
         std::to_string(files.size()) + " applied deltas are of no release known "
                                        "here",
         "A newer, a preliminary or a changed Synapse has been at work: " + joined(files) + ".",
         {"", "nothing needs to be done", true}});
}

}  // namespace

void check_deltas(const LiveDatabase& live, const History& history, std::set<std::string>& files,
                  Findings& findings) {
    const auto status = delta_status(live.bookkeeping, history);
    const bool newest = live.bookkeeping.version.value_or(0) >= kSchema;
    std::vector<std::string> missing;
    for (const auto& file : status.unapplied) {
        if (newest && is_done(live.schema, *history.find(file))) {
            row_missing(file, findings);
            files.insert(file);
        } else {
            missing.push_back(file);
        }
    }
    files.insert(status.lost.begin(), status.lost.end());
    unapplied(live.bookkeeping, missing, findings);
    lost(status.lost, findings);
    unknown(status.unknown, findings);
}

}  // namespace aksono::synschema
