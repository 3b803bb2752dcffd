// SPDX-License-Identifier: Apache-2.0
#include "users/username.h"

#include <algorithm>

namespace aksono::users {

namespace {

constexpr std::size_t kLongestUserId = 255;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_allowed(char c) {
    return (c >= 'a' && c <= 'z') || is_digit(c) ||
           std::string_view("=_-./+").find(c) != std::string_view::npos;
}

std::unexpected<UsernameRefusal> invalid(std::string text) {
    return failure(UsernameRefusal{"M_INVALID_USERNAME", std::move(text)});
}

}  // namespace

Result<void, UsernameRefusal> check_new_localpart(std::string_view localpart,
                                                  const UsernameRules& rules) {
    if (!std::all_of(localpart.begin(), localpart.end(), is_allowed)) {
        return invalid("User ID can only contain characters a-z, 0-9, or '=_-./+'");
    }
    if (localpart.empty()) return invalid("User ID cannot be empty");
    if (localpart.front() == '_' && !rules.allow_underscore) {
        return invalid("User ID may not begin with _");
    }
    if (localpart.size() + rules.server_name.size() + 2 > kLongestUserId) {
        return invalid("User ID may not be longer than 255 characters");
    }
    return {};
}

bool is_numeric(std::string_view localpart) {
    return std::all_of(localpart.begin(), localpart.end(), is_digit);
}

std::string lower_ascii(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

}  // namespace aksono::users
