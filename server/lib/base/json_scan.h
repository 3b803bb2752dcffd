// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aksono {

/// Member of an object as it stands in the text: the key without its quotes (escapes kept), the
/// value raw.
using RawMember = std::pair<std::string_view, std::string_view>;

/// The members of the JSON object `text`, unparsed: a hundred times cheaper than a tree, for texts
/// of which most goes out as it came in. `text` must be valid JSON (a row that a server wrote); of
/// anything else the answer is cut short, never out of bounds.
std::vector<RawMember> scan_object(std::string_view text);

/// `value` with quotes and escapes, behind `out`.
void append_json_string(std::string& out, std::string_view value);

}  // namespace aksono
