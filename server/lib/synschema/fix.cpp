// SPDX-License-Identifier: Apache-2.0
#include "synschema/fix.h"

namespace aksono::synschema {

namespace {

/// SELECT, copy, `change`. The copy is refused, and the change with it, if there is one already.
Fix with_copy(const std::string& table, const std::string& condition, const std::string& change) {
    const auto rows = " FROM " + table + " WHERE " + condition;
    const auto backup = kBackupPrefix + table;
    return {"-- Only while no server runs on this database. These are the rows:\nSELECT *" + rows +
                ";\nBEGIN;\nCREATE TABLE " + backup + " AS SELECT *" + rows + ";\n" + change +
                ";\nCOMMIT;\n-- When all is well: DROP TABLE " + backup,
            "", false};
}

}  // namespace

Fix delete_rows(const std::string& table, const std::string& condition) {
    return with_copy(table, condition, "DELETE FROM " + table + " WHERE " + condition);
}

Fix update_rows(const std::string& table, const std::string& assignments,
                const std::string& condition) {
    return with_copy(table, condition,
                     "UPDATE " + table + " SET " + assignments + " WHERE " + condition);
}

}  // namespace aksono::synschema
