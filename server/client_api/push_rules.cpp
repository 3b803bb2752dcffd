// SPDX-License-Identifier: Apache-2.0
#include "client_api/push_rules.h"

#include "base/matrix_error.h"
#include "push/push_rules_reader.h"

#include <string>
#include <vector>

namespace aksono::client_api {

namespace {

MatrixError unrecognized(std::string text = "Unrecognized request") {
    return {400, "M_UNRECOGNIZED", std::move(text)};
}

std::vector<std::string> split(std::string_view path) {
    std::vector<std::string> parts;
    for (;;) {
        const auto slash = path.find('/');
        parts.emplace_back(path.substr(0, slash));
        if (slash == path.npos) return parts;
        path.remove_prefix(slash + 1);
    }
}

/// Goes one step down. A name that ends the path would be a folder: it wants its slash.
const Json& enter(const Json& folder, const std::vector<std::string>& parts, std::size_t at) {
    const Json* inner = find_member(folder, parts[at]);
    if (inner == nullptr) throw unrecognized();
    if (parts.size() == at + 1) {
        throw unrecognized("Unrecognised request: You probably wanted a trailing slash");
    }
    return *inner;
}

Json rule_or_attribute(const Json& list, const std::vector<std::string>& parts) {
    for (const auto& rule : list) {
        if (rule["rule_id"] != parts[2]) continue;
        if (parts.size() == 3) return rule;
        const Json* attribute = find_member(rule, parts[3]);
        if (attribute == nullptr) throw unrecognized();
        return {{parts[3], *attribute}};
    }
    throw MatrixError::not_found("Not found");
}

}  // namespace

Json select_push_rules(const Json& rules, std::string_view path) {
    const auto parts = split(path);
    if (parts[0].empty()) return rules;
    const Json& scope = enter(rules, parts, 0);
    if (parts[1].empty()) return scope;
    const Json& list = enter(scope, parts, 1);
    if (parts[2].empty()) return list;
    return rule_or_attribute(list, parts);
}

void add_push_rules_endpoints(http::Endpoints& endpoints, pg::Database& database) {
    endpoints.push_back(
        {http::Method::get, "/_matrix/client/*/pushrules/{any}", http::Access::user,
         [&database](http::Call& call) {
             const auto rules = database.fetch(call.waiter(), "get_push_rules", [&](auto& tx) {
                 return push::push_rules_of(tx, call.requester().user);
             });
             return http::Response::json(select_push_rules(rules, call.path("any")));
         }});
}

}  // namespace aksono::client_api
