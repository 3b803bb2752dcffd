// SPDX-License-Identifier: Apache-2.0
#include "datacheck/index_check.h"

#include "synschema/introspection.h"

namespace aksono::datacheck {

namespace {

using synschema::Finding;
using synschema::Severity;

constexpr pg::Statement kAmcheck{"datacheck_amcheck", R"(
SELECT n.nspname
FROM pg_extension e
JOIN pg_namespace n ON n.oid = e.extnamespace
JOIN pg_proc p ON p.pronamespace = n.oid AND p.proname = 'bt_index_check'
WHERE e.extname = 'amcheck' AND has_function_privilege(p.oid, 'EXECUTE')
LIMIT 1)"};

constexpr pg::Statement kIndexes{"datacheck_indexes", R"(
SELECT i.relname
FROM pg_index x
JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_class t ON t.oid = x.indrelid
JOIN pg_am m ON m.oid = i.relam
WHERE t.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1)
  AND (x.indisunique OR $2) AND x.indisvalid AND m.amname = 'btree'
  AND NOT (i.relpersistence = 'u' AND pg_is_in_recovery())
ORDER BY i.relpages, 1)"};

Finding corrupt(const std::string& index, const std::string& why) {
    return {"index-corrupt",
            Severity::error,
            index,
            "index " + index + " contradicts itself, or its table",
            "amcheck says: " + why +
                ". Rows are not found, and duplicates get in. Look for the cause (disk, memory, "
                "C library) before anything else.",
            {"REINDEX INDEX CONCURRENTLY " + synschema::quote_identifier(index), "", true}};
}

Finding not_asked(const std::string& object, const std::string& why) {
    return {"not-asked",
            Severity::info,
            object,
            "amcheck was not asked about " + object + ": " + why,
            "Whether they are whole is not known.",
            {"", "SELECT bt_index_check('INDEX') when the server has less to do", true}};
}

/// PostgreSQL's two codes for what is broken on disk.
bool means_corrupt(const Trouble& trouble) {
    return trouble.state == "XX001" || trouble.state == "XX002";
}

}  // namespace

synschema::Findings check_indexes(Session& session, const std::string& schema, bool deep,
                                  std::optional<Millis> deadline) {
    std::string amcheck;
    std::vector<std::string> indexes;
    const auto trouble = session.run([&](pg::Transaction& tx) {
        indexes.clear();
        const auto rows = tx.query(kAmcheck);
        if (rows.empty()) return;
        amcheck = synschema::quote_identifier(rows[0].text(0)) + ".bt_index_check(";
        for (const auto row : tx.query(kIndexes, schema, deep))
            indexes.push_back(row.text(0));
    });
    synschema::Findings findings;
    if (trouble || amcheck.empty()) return findings;
    const auto in_schema = synschema::quote_identifier(schema) + ".";
    for (std::size_t i = 0; i < indexes.size(); ++i) {
        if (deadline && steady_ms() > *deadline) {
            findings.push_back(
                not_asked(std::to_string(indexes.size() - i) + " indexes", "the time was up"));
            break;
        }
        const auto name =
            synschema::quote_literal(in_schema + synschema::quote_identifier(indexes[i]));
        const auto bad = session.run([&](pg::Transaction& tx) {
            tx.query_text("SELECT " + amcheck + name + "::regclass" + (deep ? ", true)" : ")"));
        });
        if (!bad) continue;
        findings.push_back(means_corrupt(*bad) ? corrupt(indexes[i], bad->why)
                                               : not_asked("index " + indexes[i], bad->why));
    }
    return findings;
}

}  // namespace aksono::datacheck
