// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace aksono {

/// Unpadded standard alphabet: hashes, keys and signatures.
/// https://spec.matrix.org/latest/appendices/#unpadded-base64
std::string base64_encode(std::string_view bytes);

/// Unpadded URL-safe alphabet: event ids since room version 4.
std::string base64_url_encode(std::string_view bytes);

/// Accepts either alphabet, with or without padding; nothing for anything else.
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace aksono
