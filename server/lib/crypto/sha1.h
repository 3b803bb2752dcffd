// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace aksono::crypto {

/// 20 bytes. Protects nothing: rooms of version 1 are ordered by it.
std::string sha1(std::string_view bytes);

}  // namespace aksono::crypto
