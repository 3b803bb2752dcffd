// SPDX-License-Identifier: Apache-2.0
#include "datacheck/question.h"

#include <stdexcept>

namespace aksono::datacheck {

namespace {

/// All are counted, a few come over.
std::string counted(const std::string& sql, std::size_t objects) {
    return "SELECT q.object::text, count(*) OVER () FROM (" + sql + ") AS q(object) LIMIT " +
           std::to_string(objects);
}

std::string distinct(const std::string& sql, const std::string& type) {
    return "SELECT DISTINCT q.key::" + type + " FROM (" + sql +
           ") AS q(key) WHERE q.key IS NOT NULL";
}

/// The second half over the rows of the first.
std::string joined(const Probe& probe) {
    const auto& lookup = *probe.lookup;
    if (!lookup.at_once.empty()) return lookup.at_once;
    const std::string type = lookup.text ? "text" : "bigint";
    const auto keys = "unnest($1::" + type + "[]) k";
    auto sql = lookup.sql;
    const auto at = sql.find(keys);
    if (at == std::string::npos) throw std::logic_error(probe.id + " looks nothing up");
    return sql.replace(at, keys.size(), "(" + distinct(probe.sql, type) + ") AS keys(k)");
}

std::string first_half(const Probe& probe, std::size_t objects, bool apart) {
    if (!probe.lookup) return counted(probe.sql, objects);
    return apart ? distinct(probe.sql, "text") : counted(joined(probe), objects);
}

Found read(const pg::Rows& rows) {
    Found found;
    for (const auto row : rows) {
        found.count = row.integer(1);
        found.objects.push_back(row.maybe_text(0).value_or("NULL"));
    }
    return found;
}

}  // namespace

Question::Question(const Probe& probe, std::size_t objects, bool apart)
    : name_("datacheck_" + probe.id),
      without_indexes_(probe.without_indexes),
      sql_(first_half(probe, objects, apart)),
      lookup_name_(name_ + "_lookup"),
      lookup_sql_(probe.lookup && apart ? counted(probe.lookup->sql, objects) : "") {}

Found Question::ask(pg::Transaction& tx, const pg::Params& bounds) const {
    if (without_indexes_) tx.query_text(kWithoutIndexes);
    return read(tx.query_params({name_.c_str(), sql_.c_str()}, bounds));
}

std::vector<std::string> Question::keys(pg::Transaction& tx, const pg::Params& bounds) const {
    std::vector<std::string> keys;
    for (const auto row : tx.query_params({name_.c_str(), sql_.c_str()}, bounds))
        keys.push_back(row.text(0));
    return keys;
}

Found Question::look_up(pg::Transaction& tx, const std::vector<std::string>& keys) const {
    if (keys.empty()) return {};
    return read(tx.query({lookup_name_.c_str(), lookup_sql_.c_str()}, keys));
}

}  // namespace aksono::datacheck
