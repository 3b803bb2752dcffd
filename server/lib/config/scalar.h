// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"

#include <optional>
#include <string_view>

namespace aksono::config {

/// What a plain (unquoted) scalar means to a YAML 1.1 reader such as PyYAML: yes/no/on/off, octal
/// 017, binary, hexadecimal, sexagesimal 1:30, 1_000, null and ~. All else is text; so are dates,
/// which no option of a homeserver.yaml is.
Json resolve_plain_scalar(std::string_view text);

std::optional<bool> yaml_boolean(std::string_view text);
std::optional<Json> yaml_integer(std::string_view text);  // a float when it does not fit 64 bits
std::optional<double> yaml_float(std::string_view text);
bool yaml_null(std::string_view text);

}  // namespace aksono::config
