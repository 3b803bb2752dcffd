// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "synschema/finding.h"

#include <optional>
#include <string>
#include <vector>

namespace aksono::datacheck {

/// Which of Synapse's databases (`databases:` in homeserver.yaml) holds a table. With one database
/// both are the same.
enum class Side { main, state };

/// A table gone through by ranges of a whole-number or text key, so that no statement, and so no
/// snapshot, is long.
struct Walk {
    std::string table;
    std::string column;  ///< has an index; not null, or rows with null are no concern of the probe
    bool text = false;   ///< the key is text, not a number
};

/// The other half of a probe whose rows and their counterparts may be in two databases: it is given
/// the keys that the first half found, as an array ($1), and answers with those that are wrong.
struct Lookup {
    Side side = Side::state;
    std::string sql;  ///< FROM unnest($1::text[]) k, or bigint[] → rows of (object)
    bool text = false;
    /// The whole question as one statement, $1 < key <= $2, for where both halves are in one
    /// database and that is quicker than the halves put together; empty: it is not.
    std::string at_once = "";
};

/// One question to the rows: each row of the answer names a thing that is not as Synapse leaves it.
/// The question may be asked while Synapse writes: one statement sees one moment, and Synapse
/// commits what belongs together in one transaction (where it does not, the probe must know).
struct Probe {
    std::string id = "";  ///< of the finding, for scripts: "event-without-json"
    synschema::Severity severity = synschema::Severity::error;
    std::string title = "";        ///< of the finding; "{}" stands for how many there are
    std::string explanation = "";  ///< what goes wrong because of it
    synschema::Fix fix = {};       ///< "{}" in sql or command stands for the first objects, quoted
    Side side = Side::main;
    std::vector<std::string> tables = {};   ///< read by it: without one of them it is not asked
    std::vector<std::string> columns = {};  ///< "table.column", the same
    std::vector<std::string> unless = {};   ///< background updates that, while they wait, excuse it
    std::optional<Walk> walk = {};          ///< none: one statement for all
    std::string sql = "";  ///< $1 < key <= $2 of `walk`, or no parameters → rows of (object text)
    std::optional<Lookup> lookup = {};  ///< none: the rows of `sql` are the wrong ones
    /// Rows at whose values PostgreSQL fails are wrong, and named by their key. Else they are left
    /// out, and told so: another question is about them.
    bool failing_is_wrong = false;
    bool without_indexes = false;  ///< that could be the damaged thing
};

using Probes = std::vector<Probe>;

}  // namespace aksono::datacheck
