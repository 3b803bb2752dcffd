// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pg/transaction.h"

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace aksono::storage {

/// One account data event; `content` is the stored JSON text.
struct AccountDatum {
    std::string room_id;  ///< empty for global data
    std::string type;
    std::string content;
};

/// Account data of `user` with after < stream_id, global and of all rooms; with `after` nothing,
/// all of it. Deleted data («{}») is among what changed but not among everything.
std::vector<AccountDatum> account_data(pg::Transaction& tx, const std::string& user,
                                       std::optional<std::int64_t> after);

/// One datum's content; `room_id` empty for global data.
std::optional<std::string> account_datum(pg::Transaction& tx, const std::string& user,
                                         const std::string& room_id, const std::string& type);

/// m.tag content by room: all rooms with tags, or, of the rooms whose tags changed after a stream
/// position, all tags (an empty object when none is left).
std::unordered_map<std::string, std::string> tags(pg::Transaction& tx, const std::string& user,
                                                  std::optional<std::int64_t> after);

/// Whether the user's push rules changed after a stream position.
bool push_rules_changed(pg::Transaction& tx, const std::string& user, std::int64_t after);

}  // namespace aksono::storage
