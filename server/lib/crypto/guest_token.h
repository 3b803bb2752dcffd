// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"

#include <optional>
#include <string>
#include <string_view>

namespace aksono::crypto {

/// The access token of a guest is no row but a macaroon that names the user. `key` is the server's
/// macaroon_secret_key (or what stands for it).
std::string make_guest_token(std::string_view server_name, std::string_view user_id,
                             std::string_view key);

/// The user id of a genuine guest token. It says nothing about whether that user is there and a
/// guest.
std::optional<std::string> read_guest_token(std::string_view token, std::string_view key,
                                            Millis now);

}  // namespace aksono::crypto
