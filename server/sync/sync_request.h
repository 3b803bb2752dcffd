// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"
#include "pg/transaction.h"
#include "sync/filter.h"
#include "sync/stream_token.h"
#include "sync/typing.h"
#include "sync/visibility.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>

namespace aksono::sync {

/// What a client asks of /sync.
struct SyncRequest {
    std::string user;
    std::optional<std::string> device_id;
    std::optional<std::int64_t> token_id;
    bool is_guest = false;
    std::optional<StreamToken> since;  ///< absent: everything
    SyncFilter filter;
    bool full_state = false;
    Millis timeout = 0;
};

/// What /sync shows but others make. App wires them.
struct SyncSources {
    /// Content of m.push_rules: {"global": …}.
    std::function<Json(pg::Transaction& tx, const UserId& user)> push_rules;
    const TypingRooms* typing = nullptr;  ///< null where nobody types: tools, replicas
    bool push_enabled = true;             ///< false: nothing counts as unread
    Retention retention = {};
    std::set<std::string> hidden_rooms{};  ///< told of to nobody: `exclude_rooms_from_sync`
};

}  // namespace aksono::sync
