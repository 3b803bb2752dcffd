// SPDX-License-Identifier: Apache-2.0
#include "datacheck/question.h"

namespace aksono::datacheck {

namespace {

/// All are counted, a few come over.
std::string counted(const std::string& sql, std::size_t objects) {
    return "SELECT q.object::text, count(*) OVER () FROM (" + sql + ") AS q(object) LIMIT " +
           std::to_string(objects);
}

std::string distinct(const std::string& sql) {
    return "SELECT DISTINCT q.key::text FROM (" + sql + ") AS q(key) WHERE q.key IS NOT NULL";
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

Question::Question(const Probe& probe, std::size_t objects)
    : name_("datacheck_" + probe.id),
      sql_(probe.lookup ? distinct(probe.sql) : counted(probe.sql, objects)),
      lookup_name_(name_ + "_lookup"),
      lookup_sql_(probe.lookup ? counted(probe.lookup->sql, objects) : "") {}

Found Question::ask(pg::Transaction& tx, const pg::Params& bounds) const {
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
