// SPDX-License-Identifier: Apache-2.0
#include "push/rule.h"

#include <algorithm>

namespace aksono::push {

namespace {

// As Synapse 1.163.2 announces them without experimental switches. Beside the rules of the
// specification: the legacy mention rules that it dropped in v1.17, and Element's for Jitsi
// widgets.
constexpr const char* kRules = R"json([
{"kind": "override", "rule_id": ".m.rule.master", "enabled": false, "conditions": [], "actions": []},
{"kind": "override", "rule_id": ".m.rule.suppress_notices",
 "conditions": [{"kind": "event_match", "key": "content.msgtype", "pattern": "m.notice"}],
 "actions": []},
{"kind": "override", "rule_id": ".m.rule.invite_for_me",
 "conditions": [{"kind": "event_match", "key": "type", "pattern": "m.room.member"},
  {"kind": "event_match", "key": "content.membership", "pattern": "invite"},
  {"kind": "event_match", "key": "state_key", "pattern_type": "user_id"}],
 "actions": ["notify", {"set_tweak": "highlight", "value": false},
  {"set_tweak": "sound", "value": "default"}]},
{"kind": "override", "rule_id": ".m.rule.member_event",
 "conditions": [{"kind": "event_match", "key": "type", "pattern": "m.room.member"}],
 "actions": []},
{"kind": "override", "rule_id": ".m.rule.is_user_mention",
 "conditions": [{"kind": "event_property_contains", "key": "content.m\\.mentions.user_ids",
  "value_type": "user_id"}],
 "actions": ["notify", {"set_tweak": "highlight"}, {"set_tweak": "sound", "value": "default"}]},
{"kind": "override", "rule_id": ".m.rule.contains_display_name", "legacy_mention": true,
 "conditions": [{"kind": "contains_display_name"}],
 "actions": ["notify", {"set_tweak": "highlight"}, {"set_tweak": "sound", "value": "default"}]},
{"kind": "override", "rule_id": ".m.rule.is_room_mention",
 "conditions": [{"kind": "event_property_is", "key": "content.m\\.mentions.room", "value": true},
  {"kind": "sender_notification_permission", "key": "room"}],
 "actions": ["notify", {"set_tweak": "highlight"}]},
{"kind": "override", "rule_id": ".m.rule.roomnotif", "legacy_mention": true,
 "conditions": [{"kind": "sender_notification_permission", "key": "room"},
  {"kind": "event_match", "key": "content.body", "pattern": "@room"}],
 "actions": ["notify", {"set_tweak": "highlight"}]},
{"kind": "override", "rule_id": ".m.rule.tombstone",
 "conditions": [{"kind": "event_match", "key": "type", "pattern": "m.room.tombstone"},
  {"kind": "event_match", "key": "state_key", "pattern": ""}],
 "actions": ["notify", {"set_tweak": "highlight"}]},
{"kind": "override", "rule_id": ".m.rule.reaction",
 "conditions": [{"kind": "event_match", "key": "type", "pattern": "m.reaction"}],
 "actions": []},
{"kind": "override", "rule_id": ".m.rule.room.server_acl",
 "conditions": [{"kind": "event_match", "key": "type", "pattern": "m.room.server_acl"},
  {"kind": "event_match", "key": "state_key", "pattern": ""}],
 "actions": []},
{"kind": "override", "rule_id": ".m.rule.suppress_edits",
 "conditions": [{"kind": "event_property_is", "key": "content.m\\.relates_to.rel_type",
  "value": "m.replace"}],
 "actions": []},
{"kind": "content", "rule_id": ".m.rule.contains_user_name", "legacy_mention": true,
 "conditions": [{"kind": "event_match", "key": "content.body", "pattern_type": "user_localpart"}],
 "actions": ["notify", {"set_tweak": "highlight"}, {"set_tweak": "sound", "value": "default"}]},
{"kind": "underride", "rule_id": ".m.rule.call",
 "conditions": [{"kind": "event_match", "key": "type", "pattern": "m.call.invite"}],
 "actions": ["notify", {"set_tweak": "sound", "value": "ring"},
  {"set_tweak": "highlight", "value": false}]},
{"kind": "underride", "rule_id": ".m.rule.encrypted_room_one_to_one",
 "conditions": [{"kind": "event_match", "key": "type", "pattern": "m.room.encrypted"},
  {"kind": "room_member_count", "is": "2"}],
 "actions": ["notify", {"set_tweak": "sound", "value": "default"},
  {"set_tweak": "highlight", "value": false}]},
{"kind": "underride", "rule_id": ".m.rule.room_one_to_one",
 "conditions": [{"kind": "event_match", "key": "type", "pattern": "m.room.message"},
  {"kind": "room_member_count", "is": "2"}],
 "actions": ["notify", {"set_tweak": "sound", "value": "default"},
  {"set_tweak": "highlight", "value": false}]},
{"kind": "underride", "rule_id": ".m.rule.message",
 "conditions": [{"kind": "event_match", "key": "type", "pattern": "m.room.message"}],
 "actions": ["notify", {"set_tweak": "highlight", "value": false}]},
{"kind": "underride", "rule_id": ".m.rule.encrypted",
 "conditions": [{"kind": "event_match", "key": "type", "pattern": "m.room.encrypted"}],
 "actions": ["notify", {"set_tweak": "highlight", "value": false}]},
{"kind": "underride", "rule_id": ".im.vector.jitsi",
 "conditions": [{"kind": "event_match", "key": "type", "pattern": "im.vector.modular.widgets"},
  {"kind": "event_match", "key": "content.type", "pattern": "jitsi"},
  {"kind": "event_match", "key": "state_key", "pattern": "*"}],
 "actions": ["notify", {"set_tweak": "highlight", "value": false}]}
])json";

std::vector<std::shared_ptr<const Rule>> read_rules() {
    std::vector<std::shared_ptr<const Rule>> rules;
    for (const auto& json : Json::parse(kRules)) {
        auto rule = std::make_shared<Rule>();
        rule->id = json["rule_id"].get<std::string>();
        rule->kind = *rule_kind(json["kind"].get<std::string>());
        rule->conditions = json["conditions"];
        for (const auto& condition : rule->conditions) {
            rule->parsed.push_back(read_condition(condition));
        }
        rule->actions = read_actions(json["actions"]);
        rule->is_default = true;
        rule->enabled = json.value("enabled", true);
        rule->legacy_mention = json.value("legacy_mention", false);
        rule->shared = std::ranges::all_of(rule->parsed, same_for_everyone);
        rule->index = static_cast<int>(rules.size());
        rules.push_back(std::move(rule));
    }
    return rules;
}

struct KindName {
    RuleKind kind;
    std::string_view name;
};
constexpr KindName kKindNames[] = {{RuleKind::override_, "override"},
                                   {RuleKind::content, "content"},
                                   {RuleKind::room, "room"},
                                   {RuleKind::sender, "sender"},
                                   {RuleKind::underride, "underride"}};

}  // namespace

std::string_view name_of(RuleKind kind) {
    for (const auto& entry : kKindNames) {
        if (entry.kind == kind) return entry.name;
    }
    return "";
}

std::optional<RuleKind> rule_kind(std::string_view name) {
    for (const auto& entry : kKindNames) {
        if (entry.name == name) return entry.kind;
    }
    return std::nullopt;
}

const std::vector<std::shared_ptr<const Rule>>& default_rules() {
    static const auto rules = read_rules();
    return rules;
}

}  // namespace aksono::push
