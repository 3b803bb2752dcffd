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

/// A token together with what authentication asks about its user.
struct AccessToken {
    std::int64_t id = 0;
    UserId owner;  ///< to whom it was given
    UserId user;   ///< as whom it acts: the owner, or the user that an admin puppets
    std::optional<std::string> device_id;
    std::optional<Millis> valid_until;
    bool used = false;
    // Of `user`:
    bool is_guest = false;
    bool is_admin = false;
    bool shadow_banned = false;
    bool locked = false;
};

/// Nothing for an unknown token, and for one whose user has no row.
std::optional<AccessToken> find_access_token(pg::Transaction& tx, std::string_view token);

void mark_access_token_used(pg::Writer& tx, std::int64_t id);

struct NewAccessToken {
    std::int64_t id = 0;
    UserId user;
    std::optional<std::string> device_id;
    std::string token;
    std::optional<Millis> valid_until;
    std::optional<std::int64_t> refresh_token_id;
};

void insert_access_token(pg::Writer& tx, const NewAccessToken& token, Millis now);

/// 1 when there is none, as Synapse counts.
std::int64_t max_access_token_id(pg::Transaction& tx);

/// What a deletion took away.
struct DeletedToken {
    std::int64_t id = 0;
    std::string token;
};

std::vector<DeletedToken> delete_access_token(pg::Transaction& tx, std::int64_t id);
std::vector<DeletedToken> delete_access_tokens_of_devices(pg::Transaction& tx, const UserId& user,
                                                          const std::vector<std::string>& devices);
/// Those given to the user, also where they act as somebody else.
std::vector<DeletedToken> delete_access_tokens_of_user(pg::Transaction& tx, const UserId& user);

}  // namespace aksono::storage
