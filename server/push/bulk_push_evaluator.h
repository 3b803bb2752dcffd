// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ids.h"
#include "base/lru_cache.h"
#include "push/evaluator.h"
#include "push/rules_cache.h"
#include "rooms/side_effects.h"
#include "storage/push_members.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace aksono::push {

/// Who is notified of an event, and how: the rows of event_push_actions. One or two statements for
/// an event of a room whose members are known, four more where they are not, however many they are.
class BulkPushEvaluator : public rooms::PushEvaluator {
public:
    struct Settings {
        bool enabled = true;  ///< push.enabled: without it no rows are made
        std::string server_name;
        /// Users of an application service's exclusive namespace, who are never notified.
        std::function<bool(const UserId&)> belongs_to_appservice;
    };
    explicit BulkPushEvaluator(Settings settings);

    /// Throws what the database throws, nothing else.
    std::vector<rooms::PushAction> actions_for(pg::Transaction& tx,
                                               const rooms::NewEvent& event) override;

private:
    /// The local joined users of a room. Follows current_state_delta_stream and push_rules_stream.
    struct Members {
        std::int64_t membership_mark = 0;
        std::int64_t rules_last = 0;
        std::int64_t rules_sum = 0;
        std::uint64_t joined = 0;  ///< of all servers
        std::vector<PushUser> users;
        std::vector<std::shared_ptr<const UserRules>> rules;  ///< of `users`
    };
    std::shared_ptr<const Members> members_of(pg::Transaction& tx, const RoomId& room,
                                              const storage::PushMarks& marks);
    std::vector<rooms::PushAction> for_target(pg::Transaction& tx, const rooms::NewEvent& event,
                                              const storage::PushMarks& marks,
                                              const Members& members, Evaluator& evaluator);
    [[nodiscard]] bool never_notified(const UserId& user) const;

    Settings settings_;
    RulesCache rules_;
    LruCache<RoomId, std::shared_ptr<const Members>> members_;
};

}  // namespace aksono::push
