// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "base/ids.h"
#include "pg/transaction.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aksono::storage {

/// A row of refresh_tokens and what has become of the token that followed it.
struct RefreshToken {
    std::int64_t id = 0;
    UserId user;
    std::string device_id;
    std::optional<Millis> expires;
    std::optional<Millis> session_expires;
    std::optional<std::int64_t> next_id;
    bool next_was_refreshed = false;  ///< the next one has a next one itself
    bool next_was_used = false;       ///< an access token that came with the next one was used
};

/// Locks the row until the transaction ends, so that two refreshes go one after the other.
std::optional<RefreshToken> find_refresh_token(pg::Transaction& tx, std::string_view token);

struct NewRefreshToken {
    std::int64_t id = 0;
    UserId user;
    std::string device_id;
    std::string token;
    std::optional<Millis> expires;
    std::optional<Millis> session_expires;
};

void insert_refresh_token(pg::Writer& tx, const NewRefreshToken& token);

/// `old` is followed by `next`: whatever came before `old`, and whatever followed it until now,
/// goes away with its access tokens.
void replace_refresh_token(pg::Writer& tx, const RefreshToken& old, std::int64_t next);

/// 1 when there is none, as Synapse counts.
std::int64_t max_refresh_token_id(pg::Transaction& tx);

void delete_refresh_tokens_of_devices(pg::Writer& tx, const UserId& user,
                                      const std::vector<std::string>& devices);
void delete_refresh_tokens_of_user(pg::Writer& tx, const UserId& user);

}  // namespace aksono::storage
