// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace aksono::datacheck {

/// "a, b".
std::string comma(const std::vector<std::string>& parts);

/// A SELECT of what is there more than once, by its keys (expressions), among the rows that meet
/// `predicate`; "": among all.
std::string rows_alike(const std::string& table, const std::vector<std::string>& keys,
                       const std::string& predicate);

/// "UNIQUE (a, b)" or "PRIMARY KEY (a)" → a, b; nothing for another kind of constraint.
std::vector<std::string> unique_keys(const std::string& definition);

}  // namespace aksono::datacheck
