// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ids.h"
#include "push/rule.h"
#include "storage/push_rules.h"

#include <memory>
#include <string_view>
#include <vector>

namespace aksono::push {

/// A user's push rules: own rules, and the server's with the user's changes.
class UserRules {
public:
    struct Entry {
        std::shared_ptr<const Rule> rule;
        std::shared_ptr<const Actions> own_actions;  ///< instead of the rule's
        bool enabled = true;

        [[nodiscard]] const Actions& actions() const {
            return own_actions != nullptr ? *own_actions : rule->actions;
        }
    };

    /// The server's rules alone.
    UserRules();
    /// Rows that make no sense (broken JSON, unknown class) are left out.
    explicit UserRules(const storage::StoredPushRules& stored);

    /// In the order in which they are tried.
    [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

    /// As GET /pushrules/ answers: {"global": {"override": […], …}}.
    [[nodiscard]] Json json_for(const UserId& user) const;

private:
    void add_default(const Rule& rule, const storage::StoredPushRules& stored);
    void add_own(RuleKind kind, const storage::StoredPushRules& stored);

    std::vector<Entry> entries_;
};

}  // namespace aksono::push
