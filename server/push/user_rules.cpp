// SPDX-License-Identifier: Apache-2.0
#include "push/user_rules.h"

#include <algorithm>

namespace aksono::push {

namespace {

int priority_class(RuleKind kind) {
    switch (kind) {
        case RuleKind::override_:
            return 5;
        case RuleKind::content:
            return 4;
        case RuleKind::room:
            return 3;
        case RuleKind::sender:
            return 2;
        case RuleKind::underride:
            return 1;
    }
    return 0;
}

std::string full_id(RuleKind kind, std::string_view id) {
    return "global/" + std::string(name_of(kind)) + "/" + std::string(id);
}

/// The client's id: what follows «global/<kind>/».
std::string short_id(const std::string& rule_id) {
    const auto kind = rule_id.find('/');
    const auto id = kind == rule_id.npos ? kind : rule_id.find('/', kind + 1);
    return id == rule_id.npos ? rule_id : rule_id.substr(id + 1);
}

bool is_enabled(const storage::StoredPushRules& stored, const std::string& id, bool otherwise) {
    const auto it = stored.enabled.find(id);
    return it == stored.enabled.end() ? otherwise : it->second;
}

std::shared_ptr<const Rule> read_rule(RuleKind kind, const storage::StoredPushRules::Rule& row) {
    auto conditions = parse_json(row.conditions);
    auto actions = parse_json(row.actions);
    if (!conditions || !actions || !conditions->is_array() || !actions->is_array()) return nullptr;
    auto rule = std::make_shared<Rule>();
    rule->id = short_id(row.rule_id);
    rule->kind = kind;
    rule->conditions = std::move(*conditions);
    for (const auto& condition : rule->conditions)
        rule->parsed.push_back(read_condition(condition));
    rule->dead = std::ranges::any_of(rule->parsed, speaks_of_user);
    rule->actions = read_actions(*actions);
    return rule;
}

Json shown_rule(const UserRules::Entry& entry, const UserId& user) {
    const Rule& rule = *entry.rule;
    Json json{{"rule_id", rule.id},
              {"default", rule.is_default},
              {"enabled", entry.enabled},
              {"actions", entry.actions().json}};
    Json conditions = Json::array();
    for (std::size_t i = 0; i < rule.parsed.size(); ++i) {
        conditions.push_back(shown_condition(rule.conditions[i], rule.parsed[i], user));
    }
    if (rule.kind == RuleKind::override_ || rule.kind == RuleKind::underride) {
        json["conditions"] = std::move(conditions);
    } else if (rule.kind == RuleKind::content && !conditions.empty()) {
        if (const Json* pattern = find_member(conditions[0], "pattern")) json["pattern"] = *pattern;
    }
    return json;
}

}  // namespace

UserRules::UserRules() : UserRules(storage::StoredPushRules{}) {}

UserRules::UserRules(const storage::StoredPushRules& stored) {
    const auto& defaults = default_rules();
    add_default(*defaults.front(), stored);
    for (const auto kind : {RuleKind::override_, RuleKind::content, RuleKind::room,
                            RuleKind::sender, RuleKind::underride}) {
        add_own(kind, stored);
        for (const auto& rule : defaults) {
            if (rule->kind == kind && rule != defaults.front()) add_default(*rule, stored);
        }
    }
}

void UserRules::add_default(const Rule& rule, const storage::StoredPushRules& stored) {
    Entry entry;
    entry.rule = default_rules()[static_cast<std::size_t>(rule.index)];
    const auto id = full_id(rule.kind, rule.id);
    entry.enabled = is_enabled(stored, id, rule.enabled);
    for (const auto& row : stored.rules) {
        if (row.priority_class != -1 || row.rule_id != id) continue;
        if (const auto actions = parse_json(row.actions); actions && actions->is_array()) {
            entry.own_actions = std::make_shared<const Actions>(read_actions(*actions));
        }
    }
    entries_.push_back(std::move(entry));
}

void UserRules::add_own(RuleKind kind, const storage::StoredPushRules& stored) {
    for (const auto& row : stored.rules) {
        if (row.priority_class != priority_class(kind)) continue;
        if (auto rule = read_rule(kind, row)) {
            entries_.push_back({std::move(rule), nullptr, is_enabled(stored, row.rule_id, true)});
        }
    }
}

Json UserRules::json_for(const UserId& user) const {
    Json global{{"override", Json::array()},  {"content", Json::array()},
                {"room", Json::array()},      {"sender", Json::array()},
                {"underride", Json::array()}, {"postcontent", Json::array()}};
    for (const auto& entry : entries_) {
        global[std::string(name_of(entry.rule->kind))].push_back(shown_rule(entry, user));
    }
    return {{"global", std::move(global)}};
}

}  // namespace aksono::push
