// SPDX-License-Identifier: Apache-2.0
#include "new_database.h"

#include "synschema/introspection.h"
#include "synschema/requirements.h"

namespace aksono::migrate {

namespace {

/// Tables, views and sequences that are there already, but for those of extensions.
constexpr pg::Statement kRelations{"migrate_relations", R"(
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
  AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
                  AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY c.relkind = 'S', c.relname)"};

}  // namespace

void refuse_unsuitable(pg::Transaction& tx, const cli::Target& target) {
    const auto server = synschema::read_server_facts(tx);
    const auto unmet = synschema::unmet_requirements(server, target.allow_unsafe_locale);
    if (!unmet.empty()) {
        throw cli::Unsuitable(
            unmet.front() + "; " + target.conninfo.describe() +
            ": make one with CREATE DATABASE … ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0");
    }
    if (server.in_recovery) {
        throw cli::Unsuitable(target.conninfo.describe() +
                              " is a standby: it cannot be written to");
    }
    if (server.schema.empty()) {
        throw cli::Unsuitable(
            target.conninfo.describe() +
            ": no schema of the search_path exists, so there is no place for tables");
    }
}

void refuse_used(pg::Transaction& tx, const cli::Target& target, const char* verb) {
    const auto relations = tx.query(kRelations);
    if (relations.empty()) return;
    throw cli::Unsuitable(target.conninfo.describe() + " is not empty: it has " +
                          std::to_string(relations.size()) + " tables or sequences, \"" +
                          relations[0].text(0) + "\" among them; " + verb + " wants a new one");
}

}  // namespace aksono::migrate
