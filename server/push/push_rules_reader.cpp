// SPDX-License-Identifier: Apache-2.0
#include "push/push_rules_reader.h"

#include "push/user_rules.h"
#include "storage/push_rules.h"

namespace aksono::push {

Json push_rules_of(pg::Transaction& tx, const UserId& user) {
    const auto stored = storage::load_push_rules(tx, {user});
    const auto it = stored.find(user);
    return it == stored.end() ? UserRules().json_for(user) : UserRules(it->second).json_for(user);
}

}  // namespace aksono::push
