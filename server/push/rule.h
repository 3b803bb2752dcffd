// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "push/actions.h"
#include "push/condition.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aksono::push {

/// Kinds in the order in which they are tried. Clients are also shown an empty «postcontent» list.
enum class RuleKind { override_, content, room, sender, underride };

std::string_view name_of(RuleKind kind);
std::optional<RuleKind> rule_kind(std::string_view name);

/// One push rule without a user's changes to it.
struct Rule {
    std::string id;  ///< as clients know it: «.m.rule.master», a room id, …
    RuleKind kind = RuleKind::override_;
    Json conditions = Json::array();  ///< as stored
    std::vector<Condition> parsed;
    Actions actions;
    bool is_default = false;
    bool enabled = true;  ///< unless the user says otherwise
    /// Looks for mentions in the body: not tried for events that have m.mentions.
    bool legacy_mention = false;
    bool shared = false;  ///< a default rule that holds for everyone in a room or for nobody
    /// A user's rule that speaks of the user's own id: shown like the server's, never matching.
    bool dead = false;
    int index = -1;  ///< among default_rules()
};

/// The server-default rules in the order in which they are tried; .m.rule.master comes first,
/// before users' own override rules.
/// https://spec.matrix.org/latest/client-server-api/#predefined-rules
const std::vector<std::shared_ptr<const Rule>>& default_rules();

}  // namespace aksono::push
