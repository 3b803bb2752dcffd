// SPDX-License-Identifier: Apache-2.0
#include "synschema/check_database.h"
#include "synschema/fix.h"
#include "synschema/introspection.h"
#include "synschema/releases.h"

namespace aksono::synschema {

namespace {

constexpr const char* kUpgrade =
    "aksono-migrate up, or start Synapse 1.163.2 once and let it finish its background updates";

/// Nothing is wrong with an old version; but neither Aksono nor the newest Synapse can use it as it
/// is.
void version_old(int version, Findings& findings) {
    const bool compared = version >= kOldestSchema;
    const auto releases = releases_of(version);
    findings.push_back(
        {"schema-version-old",
         compared ? Severity::info : Severity::error,
         "schema_version",
         "schema version is " + std::to_string(version) + ", not " + std::to_string(kSchema),
         (releases
              ? "Synapse " + releases->first + " to " + releases->last + " write this version. "
              : std::string()) +
             "Aksono runs on 94 and 95 only." +
             (compared ? "" : " The structure was not compared."),
         {"", kUpgrade, false}});
}

void check_version(const Bookkeeping& books, Findings& findings) {
    if (!books.version) {
        findings.push_back(
            {"schema-version-missing",
             Severity::error,
             "schema_version",
             "table schema_version has no row",
             "Synapse would take the database for a new one and fail when it makes "
             "the tables that are there.",
             {"INSERT INTO schema_version (version, upgraded) VALUES (94, true)", "", false}});
        return;
    }
    const int version = *books.version;
    if (version < kSchema) {
        version_old(version, findings);
    } else if (version > kNewestSchema) {
        findings.push_back({"schema-version-new",
                            Severity::error,
                            "schema_version",
                            "schema version " + std::to_string(version) +
                                " is newer than this program knows (" +
                                std::to_string(kNewestSchema) + ")",
                            "A newer Synapse has changed the database; Aksono does not start on "
                            "it. The structure was compared with version 94.",
                            {"", "use a newer Aksono", true}});
    }
    if (!books.upgraded && version == kSchema) {
        findings.push_back({"schema-not-upgraded",
                            Severity::warning,
                            "schema_version",
                            "schema_version.upgraded is false",
                            "Synapse writes true after every upgrade; with false it skips the "
                            "deltas of this version at its next start.",
                            {"UPDATE schema_version SET upgraded = true", "", false}});
    }
}

void check_compat(const Bookkeeping& books, Findings& findings) {
    const auto& compat = books.compat_version;
    if (!compat) {
        findings.push_back({"compat-version-missing",
                            Severity::info,
                            "schema_compat_version",
                            "schema_compat_version has no row",
                            "Synapse writes it at its next start. Until then nothing keeps an old "
                            "release from starting on the database.",
                            {"", "nothing needs to be done", true}});
    } else if (*compat > kSchema) {
        findings.push_back(
            {"compat-version-new",
             Severity::error,
             "schema_compat_version",
             "schema_compat_version is " + std::to_string(*compat) + ": Synapse " + kNewestRelease +
                 " and older refuse to start",
             "Cannot use this database as it is too new for the server to understand: a release "
             "whose SCHEMA_VERSION is at least " +
                 std::to_string(*compat) + " has said so.",
             {"", "use the newer Synapse, or a newer Aksono", true}});
    } else if (*compat < kCompatVersion && books.version.value_or(0) >= kSchema) {
        findings.push_back(
            {"compat-version-low",
             Severity::warning,
             "schema_compat_version",
             "schema_compat_version is " + std::to_string(*compat) + ", not " +
                 std::to_string(kCompatVersion),
             "Releases of Synapse that cannot work with this schema are not kept "
             "from starting on it.",
             {"UPDATE schema_compat_version SET compat_version = " + std::to_string(kCompatVersion),
              "", true}});
    }
}

void unknown_update(const BackgroundUpdate& update, Findings& findings) {
    findings.push_back(
        {"background-update-unknown", Severity::error, update.name,
         "background update " + update.name + " is unknown to Synapse " + kNewestRelease,
         "Its updater fails on the name five times and then stops: nothing that is "
         "queued behind it is done. A module or a newer release may have queued it.",
         delete_rows("background_updates", "update_name = " + quote_literal(update.name))});
}

}  // namespace

void check_versions(const Bookkeeping& books, Findings& findings) {
    check_version(books, findings);
    check_compat(books, findings);
}

void check_updates(const Bookkeeping& books, const std::map<std::string, KnownUpdate>& known,
                   Findings& findings) {
    for (const auto& update : books.background_updates) {
        const auto it = known.find(update.name);
        // The deltas that lead to the newest version take obsolete ones out.
        const bool obsolete =
            it != known.end() && it->second.obsolete && books.version.value_or(kSchema) >= kSchema;
        if (it == known.end() || obsolete) {
            unknown_update(update, findings);
            continue;
        }
        const auto& meanwhile = it->second.meanwhile;
        findings.push_back({"background-update-pending",
                            Severity::info,
                            update.name,
                            "background update " + update.name + " waits: it " + it->second.does,
                            meanwhile.empty() ? "What is missing until then is no finding."
                                              : "Until it is done, " + meanwhile + ".",
                            {"", "let Synapse 1.163.2 run until it is done", true}});
    }
}

}  // namespace aksono::synschema
