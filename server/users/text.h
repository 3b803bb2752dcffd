// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace aksono::users {

/// Length as Python counts it, of valid UTF-8.
std::size_t count_code_points(std::string_view text);

/// Bytes beyond ASCII are each replaced by U+FFFD: how Synapse stores what stood in a User-Agent
/// header.
std::string ascii_or_replacement(std::string_view text);

/// No U+0000, which PostgreSQL cannot hold.
bool storable(std::string_view text);

/// The part after the colon is a server name: letters, digits, dots and hyphens or an IP literal,
/// and a port. https://spec.matrix.org/latest/appendices/#server-name
bool has_valid_domain(std::string_view id);

}  // namespace aksono::users
