// SPDX-License-Identifier: Apache-2.0
#include "datacheck/hidden_duplicates.h"

#include "datacheck/question.h"
#include "datacheck/rows_alike.h"
#include "synschema/ddl.h"
#include "synschema/introspection.h"

namespace aksono::datacheck {

namespace {

using synschema::Finding;
using synschema::Findings;
using synschema::Severity;

constexpr std::int64_t kAtOnce = 3'000'000;  ///< rows that are sorted by one statement
constexpr std::size_t kNamed = 5;

/// A unique index, or what makes one.
struct Unique {
    std::string table;
    std::string name;
    std::vector<std::string> keys;
    std::string predicate;
};

std::vector<Unique> uniques_of(const std::string& name, const synschema::Table& table) {
    std::vector<Unique> all;
    const auto quoted = synschema::ddl::identifier(name);
    for (const auto& index : table.indexes) {
        if (index.unique && index.valid)
            all.push_back({quoted, index.name, index.keys, index.predicate});
    }
    for (const auto& constraint : table.constraints) {
        auto keys = unique_keys(constraint.definition);
        if (!keys.empty()) all.push_back({quoted, constraint.name, std::move(keys), ""});
    }
    return all;
}

Finding broken(const Unique& unique, std::int64_t count, const std::string& objects) {
    return {"index-lets-twice",
            Severity::error,
            unique.name,
            std::to_string(count) + " rows of " + unique.table +
                " are there more than once, in "
                "spite of unique index " +
                unique.name,
            "The index is damaged: which of the rows is found is left to chance. " + objects +
                ". Look for the cause (disk, memory, C library) before anything else.",
            {"",
             "SET enable_indexscan = off; SET enable_bitmapscan = off; look at the rows, keep the "
             "right one of each, then REINDEX INDEX " +
                 synschema::ddl::identifier(unique.name),
             false}};
}

Finding not_asked(const std::string& object, const std::string& why) {
    return {"not-asked",
            Severity::info,
            object,
            "duplicates behind " + object + " were not looked for: " + why,
            "Whether it keeps duplicates out is not known.",
            {"", "let amcheck look at it: SELECT bt_index_check('INDEX', true)", true}};
}

class Search {
public:
    explicit Search(Session& session) : session_(session) {}

    void look(const Unique& unique) {
        std::int64_t found = 0;
        std::string named;
        const auto parts = parts_of(unique);
        for (std::int64_t part = 0; part < parts; ++part) {
            const auto sql = sql_of(unique, part, parts);
            std::int64_t count = 0;
            const auto trouble = session_.run([&](pg::Transaction& tx) {
                tx.query_text(kWithoutIndexes);
                for (const auto row : tx.query_text(sql)) {
                    count = row.integer(1);
                    named += (named.empty() ? "" : ", ") + row.text(0);
                }
            });
            found += count;
            if (!trouble) continue;
            findings_.push_back(not_asked("unique index " + unique.name, trouble->why));
            break;
        }
        if (found > 0) findings_.push_back(broken(unique, found, named));
    }

    void leave(const std::string& what) { findings_.push_back(not_asked(what, "the time was up")); }

    [[nodiscard]] const Findings& findings() const { return findings_; }

private:
    /// Statements, so that none has to sort more than fits.
    std::int64_t parts_of(const Unique& unique) {
        std::int64_t rows = 0;
        session_.run([&](pg::Transaction& tx) {
            rows =
                tx.query_text("SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = " +
                              synschema::quote_literal(unique.table) + "::regclass")[0]
                    .integer(0);
        });
        return rows / kAtOnce + 1;
    }

    /// Of several parts each holds the rows with one remainder of their keys' hash.
    static std::string sql_of(const Unique& unique, std::int64_t part, std::int64_t parts) {
        auto predicate = unique.predicate;
        if (parts > 1) {
            const auto number = std::to_string(parts);
            predicate += (predicate.empty() ? "" : ") AND (") +
                         ("abs(hashtextextended(concat_ws(' ', " + comma(unique.keys) + "), 0) % " +
                          number + ") = " + std::to_string(part));
        }
        return "SELECT q.object, count(*) OVER () FROM (" +
               rows_alike(unique.table, unique.keys, predicate) + ") AS q(object) LIMIT " +
               std::to_string(kNamed);
    }

    Session& session_;
    Findings findings_;
};

}  // namespace

Findings find_hidden_duplicates(Session& session, const synschema::Schema& live,
                                std::optional<Millis> deadline) {
    Search search(session);
    for (const auto& [name, table] : live.tables) {
        if (table.kind != "table") continue;
        if (deadline && steady_ms() > *deadline) {
            search.leave("the unique indexes from " + name + " on");
            break;
        }
        for (const auto& unique : uniques_of(name, table))
            search.look(unique);
    }
    return search.findings();
}

}  // namespace aksono::datacheck
