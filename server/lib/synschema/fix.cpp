// SPDX-License-Identifier: Apache-2.0
#include "synschema/fix.h"

#include <array>
#include <cstdint>
#include <cstdio>

namespace aksono::synschema {

namespace {

/// Two fixes of one table keep their copies apart (FNV-1a, folded).
std::string short_hash(const std::string& text) {
    std::uint32_t hash = 2166136261U;
    for (const unsigned char c : text)
        hash = (hash ^ c) * 16777619U;
    std::array<char, 8> hex{};
    std::snprintf(hex.data(), hex.size(), "%04x", (hash >> 16U ^ hash) & 0xffffU);
    return hex.data();
}

/// SELECT, copy, `change`. The copy is refused, and the change with it, if there is one already.
Fix with_copy(const std::string& table, const std::string& condition, const std::string& change) {
    const auto rows = " FROM " + table + " WHERE " + condition;
    const auto backup = kBackupPrefix + table + "_" + short_hash(change);
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
