// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/message.h"

#include <string>
#include <string_view>

namespace aksono::http {

/// Percent-decoding into bytes; a % without two hex digits stays as it is.
std::string percent_decode(std::string_view text);

/// For path segments: percent-decoded, each ill-formed UTF-8 sequence replaced by U+FFFD.
std::string decode_segment(std::string_view text);

/// «a=1&b=x+y;c=»: & and ; separate, + is a space, a piece without = is dropped. Values are bytes.
Query parse_query(std::string_view text);

/// Bytes made into well-formed UTF-8 as Unicode recommends: one U+FFFD per maximal ill-formed part.
std::string replace_invalid_utf8(std::string_view bytes);

bool is_valid_utf8(std::string_view bytes);
bool is_ascii(std::string_view bytes);

}  // namespace aksono::http
