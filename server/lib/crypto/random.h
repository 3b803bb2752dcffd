// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace aksono::crypto {

std::string random_bytes(std::size_t count);

/// `count` characters, each drawn evenly from `alphabet` by the system's secure generator.
std::string random_text(std::size_t count, std::string_view alphabet);

std::string random_letters(std::size_t count);        // A-Z a-z
std::string random_upper_letters(std::size_t count);  // A-Z: device ids

}  // namespace aksono::crypto
