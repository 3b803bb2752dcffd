// SPDX-License-Identifier: Apache-2.0
#include "synschema/fix.h"

#include <array>
#include <cstdint>
#include <cstdio>

namespace aksono::synschema {

namespace {

// With the prefix and the hash it is a name that PostgreSQL does not cut off, at 63 bytes.
constexpr std::size_t kLongestName = 44;

/// Two fixes of one table keep their copies apart (FNV-1a, folded).
std::string short_hash(const std::string& text) {
    std::uint32_t hash = 2166136261U;
    for (const unsigned char c : text)
        hash = (hash ^ c) * 16777619U;
    std::array<char, 8> hex{};
    std::snprintf(hex.data(), hex.size(), "%04x", (hash >> 16U ^ hash) & 0xffffU);
    return hex.data();
}

/// A name without its quotes, and without what would need them.
std::string bare(std::string name) {
    for (char& c : name)
        c = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ? c : '_';
    return name.substr(0, kLongestName);
}

/// SELECT, copy, `change`. The copy is refused, and the change with it, if there is one already.
Fix with_copy(const std::string& table, const std::string& condition, const std::string& change) {
    const auto rows = " FROM " + table + " WHERE " + condition;
    const auto backup = kBackupPrefix + bare(table) + "_" + short_hash(change);
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

Fix drop_column(const std::string& table, const std::string& column) {
    return with_copy(table, column + " IS NOT NULL",
                     "ALTER TABLE " + table + " DROP COLUMN " + column);
}

Fix drop_sequence(const std::string& sequence) {
    return with_copy(sequence, "true", "DROP SEQUENCE " + sequence);
}

}  // namespace aksono::synschema
